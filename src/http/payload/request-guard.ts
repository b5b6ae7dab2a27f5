import { invalidField, Problem } from '../../platform/kernel/problem'
import { addressHeader } from '../../platform/payload/caller-address'
import { isJsonType } from '../kit/media-types'
import { checkForm } from './form-guard'
import { checkJsonText, MOST_VALUES, tooManyValues } from './json-guard'
import { type LargeBodies, OPEN_LIMIT_BYTES, TURN_BYTES } from './large-bodies'

const MOST_JSON_BYTES = 1024 * 1024
const MOST_UPLOAD_BYTES = 6 * 1024 * 1024
const THROWN_AWAY_BYTES = 16 * 1024 * 1024
const MOST_STEPS = 4

/**
 * Refuses requests on which Payload's generated API would fail: a path that does not decode, NUL characters, a body
 * that is too large or is not a JSON object. Returns the request to continue with. Throws `Problem`.
 */
export async function guardRequest(sent: Request, address: string, large: LargeBodies): Promise<Request> {
  const request = await withMeantMethod(sent, large)
  checkAddress(request.url)
  const headers = new Headers(request.headers)
  headers.set(addressHeader(), address)
  for (const name of OVERRIDES) headers.delete(name)
  const type = headers.get('content-type')?.trim().toLowerCase() ?? ''
  const upload = type.startsWith('multipart/form-data')
  const bytes = await readBody(request, upload ? MOST_UPLOAD_BYTES : MOST_JSON_BYTES, large)
  const isGraphql = new URL(request.url).pathname === '/api/graphql'
  // GraphQL limits its variables itself: a tool's input among them may have more values.
  if (bytes) checkBody(bytes, type, isGraphql ? Number.POSITIVE_INFINITY : MOST_VALUES)
  // GraphQL accepts no form and refuses it itself.
  if (bytes && upload && !isGraphql) await checkForm(bytes, headers.get('content-type') ?? '')
  if (bytes ? type === '' || isJsonType(type) : hasBody(request))
    headers.set('content-type', 'application/json')
  // Payload's comparison of media types is case-sensitive.
  else if (bytes) headers.set('content-type', inLowerCase(headers.get('content-type') ?? ''))
  const body = bytes ?? (hasBody(request) ? '{}' : null)
  return new Request(request.url, { method: request.method, headers, signal: request.signal, body })
}

/** The type alone: its parameters may be a boundary. */
const inLowerCase = (contentType: string) => contentType.replace(/^[^;]*/, (type) => type.toLowerCase())

/** With these headers Payload treats a POST as a GET, after every guard. None of them reaches Payload. */
const OVERRIDES = ['x-payload-http-method-override', 'x-http-method-override']

/**
 * The panel sends long filters as a POST whose form is the query of a GET. Such a request is changed into that GET before
 * any other check; any other override is refused.
 */
async function withMeantMethod(request: Request, large: LargeBodies): Promise<Request> {
  const [asked] = OVERRIDES.map((name) => request.headers.get(name)).filter((one) => one !== null)
  if (asked === undefined || asked.toUpperCase() === request.method) return request
  const type = request.headers.get('content-type')?.trim().toLowerCase() ?? ''
  const isForm = /^application\/x-www-form-urlencoded *(;|$)/.test(type)
  if (asked !== 'GET' || request.method !== 'POST' || !isForm)
    throw new Problem(
      'VALIDATION_ERROR',
      'Only a POST with application/x-www-form-urlencoded may override the method, and only with GET',
    )
  const bytes = await readBody(request, MOST_JSON_BYTES, large)
  if (bytes) checkText(bytes, type, MOST_VALUES)
  const url = new URL(request.url)
  const query = [url.search.slice(1), bytes ? new TextDecoder().decode(bytes) : ''].filter(
    (one) => one !== '',
  )
  url.search = query.join('&')
  const headers = new Headers(request.headers)
  for (const name of ['content-type', 'content-length']) headers.delete(name)
  return new Request(url, { method: 'GET', headers, signal: request.signal })
}

/** Payload expects data with these methods, and fails without it. */
const hasBody = ({ method }: Request) => ['PATCH', 'POST', 'PUT'].includes(method)

function checkBody(bytes: Uint8Array, type: string, mostValues: number): void {
  if (!READABLE.test(type)) {
    const message = 'Send application/json, or multipart/form-data with its boundary'
    throw new Problem('UNSUPPORTED_MEDIA_TYPE', message)
  }
  if (!type.startsWith('multipart/')) checkText(bytes, type, mostValues)
}

/** The media types that Payload reads. It would ignore any other body, or fail on it. */
const READABLE =
  /^$|^application\/json *(;|$)|^application\/x-www-form-urlencoded *(;|$)|^multipart\/form-data *;.*boundary=./

function checkAddress(url: string): void {
  const { pathname, search } = new URL(url)
  let decoded: string
  try {
    decoded = decodeURIComponent(pathname) + decodeURIComponent(search.replaceAll('+', ' '))
  } catch {
    throw new Problem(
      'VALIDATION_ERROR',
      'The address has a % without a valid code after it: write it as %25',
    )
  }
  if (decoded.includes('\0')) throw new Problem('VALIDATION_ERROR', 'The address has a NUL character')
  // Payload looks up a collection by name in a plain object, which also has inherited names.
  if ((pathname.split('/')[2] ?? '') in {}) throw new Problem('NOT_FOUND', 'There is no such path')
  checkPaths(search)
}

/** Each step of a path through relations joins a table: a long path would keep the database busy for all callers. */
function checkPaths(search: string): void {
  const asked = [...new URLSearchParams(search).keys()]
  const twice = ['depth', 'limit', 'page'].find((name) => asked.indexOf(name) !== asked.lastIndexOf(name))
  if (twice) throw invalidField(twice, 'It is in the address more than once')
  for (const [name, value] of new URLSearchParams(search)) {
    const paths = name.endsWith('sort') || name.endsWith('[sort]') ? [...value.split(','), name] : [name]
    const long = paths.find((path) => path.split(/\]\[|\[|\]/).some(isTooLong))
    if (long)
      throw new Problem('VALIDATION_ERROR', `${long.slice(0, 200)}: a path has at most ${MOST_STEPS} steps`)
  }
}

const isTooLong = (path: string) => path.split(/\.|__/).length > MOST_STEPS

/**
 * A body over the limit is still read for a while, and discarded: a client whose connection is closed while it sends sees
 * a broken connection instead of the response.
 */
async function readBody(
  request: Request,
  most: number,
  large: LargeBodies,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (!request.body || request.method === 'GET' || request.method === 'HEAD') return null
  const message = `The body is larger than ${most} bytes`
  // The rest of the body is not read, so this connection cannot be used again.
  const endless = new Problem('PAYLOAD_TOO_LARGE', message, { headers: { connection: 'close' } })
  if (Number(request.headers.get('content-length') ?? 0) > most + THROWN_AWAY_BYTES) throw endless
  const chunks: Uint8Array[] = []
  let size = 0
  let refusal: unknown = null
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    const isFirstAbove = size <= OPEN_LIMIT_BYTES && size + chunk.byteLength > OPEN_LIMIT_BYTES
    size += chunk.byteLength
    if (isFirstAbove)
      await large.requireCaller().catch((error: unknown) => {
        refusal = error
      })
    if (size > most + THROWN_AWAY_BYTES) throw endless
    if (size > most) refusal = new Problem('PAYLOAD_TOO_LARGE', message)
    if (refusal) chunks.length = 0
    else chunks.push(chunk)
  }
  if (refusal) throw refusal
  if (size > TURN_BYTES) await large.takeTurn()
  return size === 0 ? null : new Uint8Array(Buffer.concat(chunks))
}

function checkText(bytes: Uint8Array, type: string, mostValues: number): void {
  const text = new TextDecoder().decode(bytes)
  if (type.startsWith('application/x-www-form-urlencoded')) {
    if (text.split('&', mostValues + 1).length > mostValues) throw tooManyValues(mostValues)
    checkAddress(`http://body/?${text}`)
    return
  }
  checkJsonText(text, mostValues)
}
