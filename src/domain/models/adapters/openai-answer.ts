import type { Dispatcher } from 'undici'
import { parseJson, toJson } from '../../../platform/kernel/exact-json'
import { isTextDeeperThan, MOST_DEPTH } from '../../tools/depth'
import type { ModelAnswer, ModelAsk, Target } from '../adapter'
import { inFormat } from '../embedding-format'
import { failureOfToldError, malformed } from '../failures'
import { errorIn } from '../provider-words'
import { ResponseCalls } from '../response-calls'
import { withWholeCalls } from '../tool-calls'
import { readUsage } from '../usage'

export const MOST_ANSWER_BYTES = 10 * 1024 * 1024

type Body = Dispatcher.ResponseData['body']

/** The list that an answer of each API always has. */
const LISTS = { chat: 'choices', embeddings: 'data', responses: 'output' } as const

/** A body as text; null (and the connection closed) when it is larger. Throws when the connection breaks. */
export async function readText(body: Body, mostBytes: number): Promise<string | null> {
  // Where we close it, the error of that is ours: without a listener it would be one that nobody catches.
  body.on('error', () => undefined)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > mostBytes) {
      body.destroy()
      return null
    }
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

/** Whether an answer came compressed, which the hub never asks for. */
export function isCompressed(headers: Dispatcher.ResponseData['headers']): boolean {
  const encoding = String(headers['content-encoding'] ?? '')
    .trim()
    .toLowerCase()
  return encoding !== '' && encoding !== 'identity'
}

/** Reads a text as a response of that API. Returns a failure if it is not one, or if it is an error. */
export function toAnswer({ api, body }: ModelAsk, text: string | null, target: Target): ModelAnswer {
  if (text === null) return malformed(`its answer has over ${MOST_ANSWER_BYTES} bytes`)
  const given = parseBounded(text)
  const error = errorIn(given)
  if (error) return failureOfToldError(error, target)
  const value = objectOf(given)
  if (!value || !Array.isArray(value[LISTS[api]]))
    return malformed('its answer is no JSON object of this API')
  const mended = mendedOf(api, value, body.encoding_format)
  const mendedText = mended === value ? text : toJson(mended, value)
  return { ok: true, text: mendedText, value: mended, usage: readUsage(value.usage, api) }
}

function mendedOf(api: ModelAsk['api'], value: Record<string, unknown>, format: unknown) {
  if (api === 'embeddings') return inFormat(value, format) ?? value
  return api === 'responses' ? new ResponseCalls().mend(value) : withWholeCalls(value)
}

/** Returns the JSON value of a text; undefined if the text is not JSON or is nested too deeply. */
export function parseBounded(text: string): unknown {
  try {
    const value: unknown = parseJson(text)
    return isTextDeeperThan(text, value, MOST_DEPTH) ? undefined : value
  } catch {
    return undefined
  }
}

/** The value where it is a JSON object, else null. */
export function objectOf(value: unknown): Record<string, unknown> | null {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Record<string, unknown>) : null
}
