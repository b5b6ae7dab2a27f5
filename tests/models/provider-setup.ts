import type { ModelAsk, ModelContext, ModelEvent, ModelStream, Target } from '../../src/domain/models/adapter'

type Json = Record<string, unknown>
export type Chunk = {
  choices: { delta: Json & { content?: string }; finish_reason: string | null }[]
  usage?: Json
}

export const SECRET = 'the-secret-key-of-the-provider'

/** A target at this behaviour of the tests' provider. */
export function targetAt(
  url: string,
  adapter: 'anthropic' | 'google',
  behaviour: string,
  model: string,
): Target {
  const name = adapter === 'google' ? 'x-goog-api-key' : 'x-api-key'
  const baseUrl = `${url}/${adapter}/${behaviour}`
  return {
    upstream: { name: 'main', adapter, endpoint: baseUrl, model, share: 1 },
    baseUrl,
    headers: { 'user-agent': 'joyfull-ui-hub', [name]: SECRET },
    secrets: [SECRET],
  }
}

export const chat = (body: Json = {}, maxOutputTokens: number | null = 100): ModelAsk => ({
  api: 'chat',
  body: { messages: [{ role: 'user', content: 'Say something.' }], ...body },
  maxOutputTokens,
})

export const context = (signal: AbortSignal = new AbortController().signal): ModelContext => ({
  requestId: '0b9a6a3e-6f0e-4c7a-9d3c-0f5d7c1f2a3b',
  signal,
  sent: { upstream: 'main', bytes: 0, at: 0 },
})

/** Every event of a stream that has to begin. */
export async function readAll(stream: ModelStream): Promise<Chunk[]> {
  if (!stream.ok) throw new Error(`it did not begin: ${stream.logMessage}`)
  const events: ModelEvent[] = []
  for await (const event of stream.events) {
    if (event.data !== JSON.stringify(event.value)) throw new Error('its text is not its value')
    events.push(event)
  }
  return events.map(({ value }) => value as Chunk)
}

export const textOf = (chunks: Chunk[]) =>
  chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')

/** A conversation with everything that has to be translated. */
export const LONG: Json = {
  messages: [
    { role: 'system', content: 'Be brief.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        {
          id: 'call_1',
          type: 'function',
          function: { name: 'weather', arguments: '{"city":"Oslo"}' },
          extra_content: { google: { thought_signature: 'sig-of-google' } },
        },
      ],
    },
    { role: 'tool', tool_call_id: 'call_1', content: 'It rains.' },
    { role: 'developer', content: [{ type: 'text', text: 'Be polite.' }] },
    { role: 'user', content: 'And now?' },
  ],
  tools: [
    {
      type: 'function',
      function: {
        name: 'weather',
        description: 'The weather of a city',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
    },
  ],
  tool_choice: { type: 'function', function: { name: 'weather' } },
  temperature: 0.5,
  stop: 'END',
}

/** Waits until something is so; the test's own time limit ends it. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5))
}
