import { parseJson } from '../../platform/kernel/exact-json'
import { invalidField, Problem, type ProblemDetail } from '../../platform/kernel/problem'
import { remembered } from '../../platform/outbound/remembered'
import { beforeParsingLarge, LARGE_BYTES, type ReadingPlace, readingPlace } from './large-body'
import { isJsonType } from './media-types'

/** The maximum bytes of a JSON body. */
export const BODY_LIMIT_BYTES = 1_048_576
const THROWN_AWAY_BYTES = 15 * BODY_LIMIT_BYTES
const DEEPEST = 64
const LONE_SURROGATE = /\p{Surrogate}/u

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** The body as received (for the hash of an idempotent call) and its parsed value. */
export interface JsonBody {
  bytes: Uint8Array
  value: unknown
}

/** The maximum bytes of a body that is read for everybody. Larger ones are read only for authenticated callers. */
export const OPEN_LIMIT_BYTES = 65_536

/** Called once before a larger body is read. It throws if the sender is not authenticated. */
export type BeforeLarge = () => Promise<unknown>

/**
 * Reads a JSON body once. Throws PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, or VALIDATION_ERROR for invalid
 * JSON and for text that PostgreSQL cannot store. An empty body has the value undefined.
 */
export async function readJsonBody(
  request: Request,
  most = BODY_LIMIT_BYTES,
  beforeLarge: BeforeLarge | null = null,
): Promise<JsonBody> {
  const place = readingPlace()
  try {
    return await parseBody(request, await readBytes(request, most, beforeLarge, place))
  } finally {
    place.end()
  }
}

async function parseBody({ headers }: Request, bytes: Uint8Array): Promise<JsonBody> {
  if (bytes.length === 0) return { bytes, value: undefined }
  requireJson(headers)
  if (bytes.length > LARGE_BYTES) await beforeParsingLarge(bytes)
  const text = decode(bytes)
  const value = parse(text)
  const fault = faultIn(value, text.includes('\\u'), 0)
  if (!fault) return { bytes, value }
  const details = toDetail(fault, '')
  throw new Problem('VALIDATION_ERROR', `${details.field}: ${details.message}`, { details: [details] })
}

async function readBytes(
  request: Request,
  most: number,
  beforeLarge: BeforeLarge | null,
  place: ReadingPlace,
): Promise<Uint8Array> {
  const announced = request.headers.get('content-length')
  const isCounted = announced === null || request.headers.get('transfer-encoding') !== null
  if (!isCounted && announced === '0') return new Uint8Array(0)
  if (!isCounted && Number(announced) <= most) {
    if (beforeLarge && Number(announced) > OPEN_LIMIT_BYTES) await beforeLarge()
    await place.waitFor(Number(announced))
    // The HTTP parser enforces the announced length, so no counting is needed.
    return new Uint8Array(await request.arrayBuffer())
  }
  return request.body === null ? new Uint8Array(0) : readCounted(request.body, most, beforeLarge, place)
}

/**
 * Reads a body of unknown or excessive length. A body over the limit, or of an unknown sender, is still read for a while
 * and discarded: a client whose connection is closed while it sends sees a broken connection instead of the response.
 */
async function readCounted(
  body: ReadableStream<Uint8Array>,
  most: number,
  beforeLarge: BeforeLarge | null,
  place: ReadingPlace,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  let refusal: unknown = null
  let mayBeLarge = beforeLarge === null
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (!mayBeLarge && length > OPEN_LIMIT_BYTES) {
      mayBeLarge = true
      await beforeLarge?.().catch((error: unknown) => {
        refusal = error
      })
    }
    if (length > most) refusal ??= tooLarge(most, {})
    if (length > most + THROWN_AWAY_BYTES) throw tooLarge(most, { connection: 'close' })
    if (refusal) chunks.length = 0
    else chunks.push(chunk)
    await place.waitFor(refusal ? 0 : length)
  }
  if (refusal) throw refusal
  return Buffer.concat(chunks)
}

function tooLarge(most: number, headers: Record<string, string>): Problem {
  return new Problem('PAYLOAD_TOO_LARGE', `The body is larger than ${most} bytes.`, { headers })
}

/** Nearly all requests have one of a few media types. */
const isUsualType = remembered(isJsonType, 100)

function requireJson(headers: Headers): void {
  const isJson = isUsualType(headers.get('content-type') ?? '')
  const encoding = headers.get('content-encoding') ?? 'identity'
  if (isJson && encoding.toLowerCase() === 'identity') return
  throw new Problem('UNSUPPORTED_MEDIA_TYPE', 'Send the body as Content-Type: application/json in UTF-8.', {
    details: [{ field: 'Content-Type', message: 'must be application/json, without a Content-Encoding' }],
  })
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw invalidField('body', 'is not valid UTF-8')
  }
}

function parse(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    throw invalidField('body', 'is not valid JSON')
  }
}

/** What is wrong, and where: the keys from the root to the value. They are collected only for a fault, which is rare. */
type Fault = { keys: string[]; message: string }

/** The first NUL byte or lone surrogate (PostgreSQL can store neither), or too deep nesting. */
function faultIn(value: unknown, checkText: boolean, depth: number): Fault | null {
  if (typeof value === 'string') return checkText ? faultOfText(value) : null
  if (typeof value !== 'object' || value === null) return null
  if (depth >= DEEPEST) return { keys: [], message: `is nested more than ${DEEPEST} levels deep` }
  if (Array.isArray(value)) return faultInList(value, checkText, depth)
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key]
    const fault = (checkText ? faultOfText(key) : null) ?? faultIn(item, checkText, depth + 1)
    if (fault) return { ...fault, keys: [key, ...fault.keys] }
  }
  return null
}

function faultInList(list: unknown[], checkText: boolean, depth: number): Fault | null {
  for (let at = 0; at < list.length; at += 1) {
    const fault = faultIn(list[at], checkText, depth + 1)
    if (fault) return { ...fault, keys: [String(at), ...fault.keys] }
  }
  return null
}

function faultOfText(text: string): Fault | null {
  if (text.includes('\0')) return { keys: [], message: 'must not contain a NUL character' }
  return LONE_SURROGATE.test(text) ? { keys: [], message: 'is not valid Unicode' } : null
}

/** Cleans the field's name, because the invalid characters may be in the name. */
function toDetail({ keys, message }: Fault, path: string): ProblemDetail & { field: string } {
  const at = path === '' ? keys : [path, ...keys]
  return { field: printable(at.join('.')), message }
}

/** Applies the same rules to a value that is not from a JSON body; null if it is valid. */
export function unusableValue(value: unknown, path: string): ProblemDetail | null {
  const fault = faultIn(value, true, 0)
  return fault && toDetail(fault, path)
}

/** Why PostgreSQL cannot store this text, or null. */
export function unusableText(text: string, field: string): ProblemDetail | null {
  const fault = faultOfText(text)
  return fault && toDetail(fault, field)
}

function printable(field: string): string {
  return field
    .replaceAll('\0', '\\u0000')
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .slice(0, 200)
}
