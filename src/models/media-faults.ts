import type { ProblemDetail } from '../problem'
import { mayBeFetched } from '../tools/address-guard'
import { toolSettings } from '../tools/settings'

/**
 * Images and files whose address is inside of somebody's network. The hub fetches none of them, but the server of a
 * model may, and one that an admin runs would fetch them from within that network in a caller's name.
 */
export function mediaFaults(body: Record<string, unknown>): ProblemDetail[] {
  const { policy } = toolSettings()
  const faults: ProblemDetail[] = []
  for (const { field, address } of addressesIn(body)) {
    if (!mayBeFetched(address, policy))
      faults.push({ field, message: 'must be a public address, or a data: URL' })
  }
  return faults
}

type Found = { field: string; address: string }

/** Whatever a part of a message calls `…_url`: a text, or an object with a `url`. */
function addressesIn(body: Record<string, unknown>): Found[] {
  return ['messages', 'input'].flatMap((list) =>
    entriesOf(body[list]).flatMap(([at, message]) =>
      ['content', 'output'].flatMap((name) =>
        entriesOf(isObject(message) ? message[name] : null).flatMap(([place, part]) =>
          ofPart(part, `${list}[${at}].${name}[${place}]`),
        ),
      ),
    ),
  )
}

function ofPart(part: unknown, field: string): Found[] {
  if (!isObject(part)) return []
  return Object.entries(part).flatMap(([name, value]) => {
    const address = isObject(value) ? value.url : value
    const isAddress = name.endsWith('_url') && typeof address === 'string'
    return isAddress ? [{ field: `${field}.${name}`, address }] : []
  })
}

const entriesOf = (list: unknown): [number, unknown][] => (Array.isArray(list) ? [...list.entries()] : [])

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
