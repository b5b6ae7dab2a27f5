import type { ProblemDetail } from '../../platform/kernel/problem'
import { mayBeFetched } from '../../platform/outbound/address-guard'
import { toolSettings } from '../../platform/outbound/outbound-settings'
import { isStoredAtGoogle, STORED_AT_PROVIDER } from './stored-faults'

/**
 * Faults for images and files whose URL is inside a private network, or is not a web URL. The hub fetches none of them, but
 * a model's server may. A server that an admin runs would fetch them from within that network for a caller.
 */
export function mediaFaults(body: Record<string, unknown>): ProblemDetail[] {
  const { policy } = toolSettings()
  const faults: ProblemDetail[] = []
  for (const { field, address } of addressesIn(body)) {
    if (!mayBeFetched(address, policy))
      faults.push({ field, message: 'must be a public http(s) address, or a data: URL' })
    else if (isStoredAtGoogle(address)) faults.push({ field, message: STORED_AT_PROVIDER })
  }
  return faults
}

type Found = { field: string; address: string }

/** The fields of a message part that refer to an image, a sound or a file, by the names of OpenAI and others. */
const PLACES = /(?:url|uri|(?<!meta)data|file_?id)$/i

function addressesIn(body: Record<string, unknown>): Found[] {
  // A function's schema is the caller's own content. For other tools, a server may call or fetch the URLs in them.
  const tools = entriesOf(body.tools).flatMap(([at, tool]) =>
    isObject(tool) && tool.type !== 'function' ? ofPart(tool, `tools[${at}]`) : [],
  )
  return [...tools, ...['messages', 'input'].flatMap((list) => ofMessages(body[list], list))]
}

function ofMessages(messages: unknown, list: string): Found[] {
  return entriesOf(messages).flatMap(([at, message]) =>
    ['content', 'output'].flatMap((name) =>
      ofContent(isObject(message) ? message[name] : null, `${list}[${at}].${name}`),
    ),
  )
}

/** A list of parts, or one. */
function ofContent(content: unknown, field: string): Found[] {
  if (!Array.isArray(content)) return ofPart(content, field)
  return entriesOf(content).flatMap(([place, part]) => ofPart(part, `${field}[${place}]`))
}

function ofPart(part: unknown, field: string): Found[] {
  if (!isObject(part)) return []
  return Object.entries(part).flatMap(([name, value]) =>
    textsAt(value, PLACES.test(name)).map((address) => ({ field: `${field}.${name}`, address })),
  )
}

/** The texts of a value in places that may contain a URL, at any depth. */
function textsAt(value: unknown, isPlace: boolean): string[] {
  if (typeof value === 'string') return isPlace ? [value] : []
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, inner]) => textsAt(inner, PLACES.test(name)))
}

const entriesOf = (list: unknown): [number, unknown][] => (Array.isArray(list) ? [...list.entries()] : [])

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
