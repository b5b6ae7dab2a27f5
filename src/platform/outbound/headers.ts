const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/
/** Visible ASCII with inner spaces and tabs: no line breaks, so that a value cannot begin a new header. */
const VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/
const MOST_VALUE = 8 * 1024
const MOST_HEADERS = 32

/** Those that say how the message travels, and those that the hub sets itself. */
const RESERVED = new Set([
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'http2-settings',
  'idempotency-key',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-request-id',
])

/** What is wrong with a header of a tool; null when nothing is. It never repeats the value. */
export function checkHeader(name: string, value: string): string | null {
  if (!NAME.test(name)) return `${JSON.stringify(name.slice(0, 40))} is not a header's name`
  if (RESERVED.has(name.toLowerCase()) || /^proxy-/i.test(name)) return `${name} is set by the hub itself`
  if (value.length > MOST_VALUE) return `${name} has more than ${MOST_VALUE} characters`
  return VALUE.test(value) ? null : `${name} may hold visible ASCII characters only, on one line`
}

/** Every fault of an object name → value; null as a value (remove it) is allowed where `mayRemove` says so. */
export function checkHeaders(headers: unknown, mayRemove = true): string[] {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers))
    return ['An object: name → value']
  const entries = Object.entries(headers)
  const faults = entries.flatMap(([name, value]) => checkEntry(name, value, mayRemove) ?? [])
  const names = new Set(entries.map(([name]) => name.toLowerCase()))
  if (names.size < entries.length) faults.push('A header stands there twice')
  if (entries.length > MOST_HEADERS) faults.push(`At most ${MOST_HEADERS} headers`)
  return faults
}

function checkEntry(name: string, value: unknown, mayRemove: boolean): string | null {
  if (value === null && mayRemove) return NAME.test(name) ? null : checkHeader(name, 'x')
  return typeof value === 'string' ? checkHeader(name, value) : `${name.slice(0, 100)} must be a text`
}
