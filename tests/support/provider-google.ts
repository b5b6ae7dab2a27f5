type Json = Record<string, unknown>

/** Google counts what was thought beside the candidates, and what was cached inside of the prompt. */
const USAGE = {
  promptTokenCount: 20,
  cachedContentTokenCount: 4,
  candidatesTokenCount: 4,
  thoughtsTokenCount: 6,
  totalTokenCount: 30,
}

const usageOf = (behaviour: string) => (behaviour === 'silent' ? {} : { usageMetadata: USAGE })

const PARTS: Record<string, Json[]> = {
  tools: [
    { text: 'The quick fox.' },
    { functionCall: { name: 'weather', args: { city: 'Oslo' } }, thoughtSignature: 'sig-of-google' },
  ],
  thinking: [{ text: 'Let me see.', thought: true }, { text: 'The quick fox.' }],
}

const REASONS: Record<string, string> = { filtered: 'SAFETY', short: 'MAX_TOKENS' }

/** A whole answer of Google's generateContent. */
export function googleAnswer(behaviour: string): Json {
  const parts = behaviour === 'filtered' ? [] : (PARTS[behaviour] ?? [{ text: 'The quick fox.' }])
  return {
    candidates: [{ content: { role: 'model', parts }, finishReason: REASONS[behaviour] ?? 'STOP', index: 0 }],
    ...usageOf(behaviour),
    modelVersion: 'gemini',
    responseId: 'response-1',
  }
}

/** The chunks of streamGenerateContent, whatever of them the behaviour lets come. */
export function googleChunks(behaviour: string): Json[] {
  if (behaviour === 'overloaded') return [errorChunk]
  const texts = ['The ', 'quick ', 'fox.'].map((text) => ({ text }))
  const thought = behaviour === 'thinking' ? [{ text: 'Let me see.', thought: true }] : []
  const call = behaviour === 'tools' ? (PARTS.tools ?? []).slice(1) : []
  const chunks = [...thought, ...(behaviour === 'filtered' ? [] : texts), ...call].map((part) => ({
    candidates: [{ content: { role: 'model', parts: [part] }, index: 0 }],
    responseId: 'response-1',
  }))
  if (['cut', 'closed', 'endless'].includes(behaviour)) return chunks.slice(0, 2)
  if (behaviour === 'error-event') return [...chunks.slice(0, 2), errorChunk]
  const end = { content: { role: 'model', parts: [] }, finishReason: REASONS[behaviour] ?? 'STOP', index: 0 }
  return [...chunks, { candidates: [end], ...usageOf(behaviour) }]
}

const errorChunk = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }

/** A vector for each text, of embedContent and of batchEmbedContents. */
export function googleEmbeddings(path: string, body: Json): Json {
  const embedding = { values: [0.5, -0.25, 1] }
  if (path.includes(':embedContent')) return { embedding }
  const requests = body.requests as unknown[]
  return { embeddings: requests.map(() => embedding), usageMetadata: { promptTokenCount: requests.length } }
}
