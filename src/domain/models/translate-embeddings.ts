import type { EmbeddingModelV3, EmbeddingModelV3Result } from '@ai-sdk/provider'
import type { ModelAnswer, ModelAsk } from './adapter'
import { toBase64 } from './embedding-format'
import { Untranslatable } from './translate-error'
import { isObject, type JsonObject, numberIn } from './translate-json'
import { readUsage } from './usage'

const MOST_INPUTS = 2_048

/** OpenAI's embeddings by a model of the AI SDK; as many calls as its provider's lists need. */
export async function embedAll(
  model: EmbeddingModelV3,
  { body }: ModelAsk,
  abortSignal: AbortSignal,
): Promise<Extract<ModelAnswer, { ok: true }>> {
  const values = inputsOf(body.input)
  const dimensions = numberIn(body, 'dimensions')
  const chosen =
    dimensions === undefined ? {} : { providerOptions: { google: { outputDimensionality: dimensions } } }
  const size = (await model.maxEmbeddingsPerCall) ?? MOST_INPUTS
  const results: EmbeddingModelV3Result[] = []
  for (let from = 0; from < values.length; from += size) {
    const some = values.slice(from, from + size)
    results.push(await model.doEmbed({ values: some, abortSignal, ...chosen }))
  }
  const vectors = results.flatMap(({ embeddings }) => embeddings)
  if (vectors.length !== values.length) throw new Error('the provider gave another number of vectors')
  return toAnswer(vectors, model.modelId, body.encoding_format, tokensOf(results))
}

function inputsOf(input: unknown): string[] {
  const list: unknown[] = Array.isArray(input) ? input : [input]
  if (list.length === 0 || list.length > MOST_INPUTS) {
    throw new Untranslatable(`input: 1 to ${MOST_INPUTS} texts`)
  }
  return list.map((text) => {
    if (typeof text === 'string' && text !== '') return text
    throw new Untranslatable(
      'input: texts that are not empty; lists of tokens are not supported by this model',
    )
  })
}

/** Google tells the tokens of some models only, and the library does not read them. */
function tokensOf(results: EmbeddingModelV3Result[]): number | null {
  let sum = 0
  for (const { usage, response } of results) {
    const told = isObject(response?.body) ? response.body.usageMetadata : null
    const tokens = usage?.tokens ?? (isObject(told) ? told.promptTokenCount : null)
    if (typeof tokens !== 'number') return null
    sum += tokens
  }
  return sum
}

function toAnswer(vectors: number[][], model: string, format: unknown, tokens: number | null) {
  const embedding = (vector: number[]) => (format === 'base64' ? toBase64(vector) : vector)
  const value: JsonObject = {
    object: 'list',
    data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: embedding(vector) })),
    model,
    ...(tokens === null ? {} : { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
  }
  return {
    ok: true as const,
    text: JSON.stringify(value),
    value,
    usage: readUsage(value.usage, 'embeddings'),
  }
}
