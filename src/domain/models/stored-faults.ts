import type { ProblemDetail } from '../../platform/kernel/problem'

/**
 * All callers of the hub share the provider's account. A caller that could refer to stored data could read what others sent,
 * so a request must contain everything that it refers to.
 */
export const STORED_AT_PROVIDER =
  "may not name what is stored in the provider's account, which all callers share: send the content itself"

const NO_CONVERSATIONS = 'the hub stores no conversations: send the whole input'

/** Fields of a body that continue an earlier conversation. */
const CONVERSATIONS = new Set(['previous_response_id', 'conversation', 'thread_id', 'assistant_id'])
/** Fields that refer to stored objects at any depth, by the names of OpenAI and of other providers. */
const OBJECTS = new Set([
  'container_id',
  'cached_content',
  'cachedContent',
  'collection_ids',
  'file_id',
  'file_ids',
  'fileId',
  'knowledge_id',
  'library_ids',
  'response_id',
  'skill_id',
  'vector_store_id',
  'vector_store_ids',
])
/** The values of these fields are the caller's own content: schemas, arguments, notes. */
const OWN_WORDS = new Set([
  '$defs',
  'annotations',
  'arguments',
  'attributes',
  'chat_template_kwargs',
  'definitions',
  'env',
  'filters',
  'function',
  'functions',
  'headers',
  'input_schema',
  'json_schema',
  'logit_bias',
  'metadata',
  'parameters',
  'properties',
  'results',
  'schema',
])

/** One fault for each reference in a body to data stored at the provider, at any depth. */
export function storedFaults(body: Record<string, unknown>): ProblemDetail[] {
  const faults: ProblemDetail[] = []
  lookThrough(body, [], faults)
  return faults
}

/** Plain loops: a body may contain millions of values, and the loop blocks all other requests. */
function lookThrough(value: object, path: (string | number)[], faults: ProblemDetail[]): void {
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += 1) lookInto(value[at], at, path, faults)
    return
  }
  const isTop = path.length === 0
  for (const name of Object.keys(value)) {
    // Below the top level, `input` contains the arguments of a tool call.
    if (OWN_WORDS.has(name) || (name === 'input' && !isTop)) continue
    const inner: unknown = value[name as keyof typeof value]
    const message = inner === null ? null : faultOf(name, inner, isTop)
    if (message === null) lookInto(inner, name, path, faults)
    else faults.push({ field: fieldOf([...path, name]), message })
  }
}

function lookInto(
  value: unknown,
  name: string | number,
  path: (string | number)[],
  faults: ProblemDetail[],
): void {
  if (typeof value !== 'object' || value === null) return
  path.push(name)
  lookThrough(value, path, faults)
  path.pop()
}

function faultOf(name: string, value: unknown, isTop: boolean): string | null {
  if (isTop && CONVERSATIONS.has(name)) return NO_CONVERSATIONS
  const isReference =
    (OBJECTS.has(name) && isGiven(value)) ||
    (isTop && name === 'data_sources') ||
    (name === 'container' && (typeof value === 'string' || hasId(value))) ||
    (name === 'audio' && hasId(value))
  return isReference ? STORED_AT_PROVIDER : null
}

/** Some servers accept a URL where OpenAI accepts a file id: it is checked as a URL. */
const isGiven = (value: unknown) =>
  !(typeof value === 'string' && /^(https?|data):/i.test(value)) &&
  !(Array.isArray(value) && value.length === 0)

/** An existing container or sound. Without an id, a new one is created. */
const hasId = (value: unknown) => (value as { id?: unknown } | undefined)?.id != null

const fieldOf = (path: (string | number)[]) =>
  path.reduce<string>((field, name) => {
    if (typeof name === 'number') return `${field}[${name}]`
    return field === '' ? name : `${field}.${name}`
  }, '')

/** Google reads stored data by a URL, with the key of the account that owns the data. */
export function isStoredAtGoogle(address: string): boolean {
  // An inline file may be large, so it is not parsed as a URL.
  if (!/^\s*https?:/i.test(address) || !URL.canParse(address)) return false
  const { hostname, pathname } = new URL(address)
  return (
    /^generativelanguage(\.[a-z.]+)?\.googleapis\.com\.?$/i.test(hostname) && /\/files(\/|$)/.test(pathname)
  )
}
