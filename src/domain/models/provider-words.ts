import { isTextDeeperThan, MOST_DEPTH } from '../tools/depth'

type Json = Record<string, unknown>

/** A provider's error: its message, and its `code` and `param` if they are of a known kind. */
export type ProviderWords = { message: string; code: string | null; param: string | null }

/** The same with the HTTP status that the error has or implies. The status is null if neither is known. */
export type ProviderError = ProviderWords & { status: number | null }

const NEUTRAL = 'The model refused the request.'
/** Far more than is shown. The rest is not read. */
const MOST_READ = 16_384
/** Some servers repeat the whole request in an error. A larger body is not read. */
export const MOST_SAID_BYTES = 1024 * 1024

/** Codes that clients handle. Other codes are the provider's own and mean nothing to a client of the hub. */
const KNOWN_CODES = new Set([
  'context_length_exceeded',
  'string_above_max_length',
  'string_below_min_length',
  'array_above_max_length',
  'array_below_min_length',
  'integer_above_max_value',
  'integer_below_min_value',
  'decimal_above_max_value',
  'decimal_below_min_value',
  'invalid_type',
  'invalid_value',
  'missing_required_parameter',
  'unknown_parameter',
  'unsupported_parameter',
  'unsupported_value',
  'invalid_function_parameters',
  'invalid_json_schema',
  'invalid_prompt',
  'invalid_image',
  'invalid_image_format',
  'invalid_image_url',
  'invalid_base64_image',
  'image_too_large',
  'image_too_small',
  'image_parse_error',
  'image_content_policy_violation',
  'unsupported_image_media_type',
  'content_filter',
  'content_policy_violation',
  'rate_limit_exceeded',
])

/** Messages of servers without codes for an input that is too long. */
const TOO_LONG =
  /prompt is too long|maximum context length|context[ _](?:length|window|size)[^.]{0,60}exceed|exceeds?[^.]{0,60}(?:context (?:length|window|size)|maximum number of tokens)|exceed_context_size|input is too long|too many (?:input )?tokens in/i

const STATUS_OF_KIND: [RegExp, number][] = [
  [
    /authentication|permission|unauthori[sz]ed|unauthenticated|invalid_api_key|forbidden|billing|insufficient_quota/,
    401,
  ],
  [/rate_limit|too_many_requests|resource_exhausted|quota/, 429],
  [/overloaded|unavailable|timeout|deadline/, 503],
  [/server_error|internal|api_error/, 500],
  [
    /invalid_request|bad_?request|invalid_argument|failed_precondition|out_of_range|request_too_large|unprocessable/,
    400,
  ],
]

/** The error in the body of an error response, in any format. Plain text is used unchanged, an HTML page is not. */
export function wordsOfBody(body: string): ProviderError {
  const text = body.replace(/^\uFEFF/, '').trim()
  const value = parse(text)
  if (value !== undefined)
    return isTextDeeperThan(text, value, MOST_DEPTH) ? neutral() : (errorIn(value) ?? errorOf(value))
  if (text === '' || text.startsWith('<') || text.startsWith('{') || text.startsWith('[')) return neutral()
  return toError(text, {})
}

/**
 * The error in a response or in an event of a stream; null if there is none. It knows the formats of OpenAI and Anthropic
 * (`error` with a message or a text), Google's lists, a failed response, a choice that a router ended, and a message alone
 * (`{message}`, `{detail}`) in place of a response.
 */
export function errorIn(value: unknown): ProviderError | null {
  if (Array.isArray(value)) return value.length > 0 ? errorIn(value[0]) : null
  if (!isObject(value)) return null
  if (value.error != null && value.error !== false && value.error !== '') return errorOf(value.error, value)
  if (value.type === 'error' || value.object === 'error') return errorOf(value)
  const response = isObject(value.response) ? value.response : value
  const isFailed =
    value.type === 'response.failed' || (response.object === 'response' && response.status === 'failed')
  if (isFailed) return errorOf(response.error ?? {}, value)
  const choices = Array.isArray(value.choices) ? value.choices : []
  const ended = choices.find(
    (choice) => isObject(choice) && (choice.finish_reason === 'error' || choice.error != null),
  )
  if (isObject(ended)) return errorOf(ended.error ?? {}, value)
  return isWordsAlone(value) ? errorOf(value) : null
}

/** The top-level fields of a response, or of its events, in any of the APIs. */
const OF_AN_ANSWER = [
  'choices',
  'type',
  'object',
  'candidates',
  'usage',
  'usageMetadata',
  'content',
  'data',
  'output',
  'delta',
]

function isWordsAlone(value: Json): boolean {
  return !OF_AN_ANSWER.some((name) => value[name] != null) && wordsIn(value) !== ''
}

function neutral(): ProviderError {
  return { message: NEUTRAL, code: null, param: null, status: null }
}

/** A message beside the error is used if the error has none, or only a title (`{error: 'Bad Request', message}`). */
function errorOf(error: unknown, around: Json = {}): ProviderError {
  if (Array.isArray(error) && error.length > 0) return errorOf(error[0], around)
  if (!isObject(error)) return toError(wordsIn(around) || textIn(error), around)
  const found = wordsIn(error) || wordsIn(around)
  return toError(found, { ...around, ...error, param: error.param ?? paramIn(error.detail) })
}

const WORDS = ['message', 'detail', 'details', 'msg', 'error_description', 'errors', 'title']

function wordsIn(value: Json): string {
  for (const name of WORDS) {
    const text = textIn(value[name])
    if (text !== '') return text
  }
  return ''
}

/** A text, the first of a list, or FastAPI's `{loc, msg}`; Mistral nests its detail in the message. */
function textIn(value: unknown): string {
  if (typeof value === 'string') return value.trim()
  if (Array.isArray(value)) return value.slice(0, 5).map(textIn).filter(Boolean).join('; ')
  if (!isObject(value)) return ''
  const { message, msg, detail } = value
  const where = placeOf(value.loc)
  const text = textIn(message ?? msg ?? detail)
  return where && text ? `${where}: ${text}` : text
}

function paramIn(detail: unknown): string | null {
  return Array.isArray(detail) && isObject(detail[0]) ? placeOf(detail[0].loc) : null
}

function placeOf(loc: unknown): string | null {
  if (!Array.isArray(loc)) return null
  return loc.filter((part) => part !== 'body').join('.') || null
}

function toError(said: string, { code, type, status, param }: Json): ProviderError {
  const message = said.slice(0, MOST_READ)
  const kinds = [code, type, status].filter((kind) => typeof kind === 'string').map(String)
  const known = kinds.find((kind) => KNOWN_CODES.has(kind))
  const isTooLong = TOO_LONG.test(message) || kinds.some((kind) => TOO_LONG.test(kind))
  return {
    message: message === '' ? NEUTRAL : message,
    code: known ?? (isTooLong ? 'context_length_exceeded' : null),
    param: typeof param === 'string' && /^[\w.[\]$-]{1,100}$/.test(param) ? param : null,
    status: statusOf([code, status], kinds, known !== undefined || isTooLong),
  }
}

function statusOf(numbers: unknown[], kinds: string[], isOfRequest: boolean): number | null {
  const told = numbers
    .map(Number)
    .find((number) => Number.isInteger(number) && number >= 400 && number <= 599)
  if (told !== undefined) return told
  const spelled = kinds.map((kind) => kind.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase())
  const found = STATUS_OF_KIND.find(([kind]) => spelled.some((one) => kind.test(one)))
  return found?.[1] ?? (isOfRequest ? 400 : null)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
