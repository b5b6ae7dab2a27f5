import { setImmediate as nextTurn } from 'node:timers/promises'
import { invalidField } from '../../platform/kernel/problem'
import { perProcess } from '../../platform/kernel/process'

/** Bodies above this are parsed one after another. */
export const LARGE_BYTES = 16_384
/** Lists and objects of a body: each costs as much as a hundred characters of text. */
const MOST_PARTS = 150_000

/**
 * Before a large body is parsed: refuses one of too many lists and objects, and lets others be answered between it and the
 * large one before. Throws VALIDATION_ERROR.
 */
export async function beforeParsingLarge(bytes: Uint8Array): Promise<void> {
  const line = perProcess('api.large-bodies', () => ({ last: Promise.resolve() }))
  const turn = line.last.then(() => nextTurn())
  line.last = turn
  await turn
  if (hasMoreParts(bytes, MOST_PARTS))
    throw invalidField('body', `has more than ${MOST_PARTS} lists and objects`)
}

function hasMoreParts(bytes: Uint8Array, most: number): boolean {
  let parts = 0
  let inText = false
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (byte === QUOTE) inText = !inText
    else if (inText) at += byte === BACKSLASH ? 1 : 0
    else if (byte === LIST || byte === OBJECT) parts += 1
    if (parts > most) return true
  }
  return false
}

const [QUOTE, BACKSLASH, LIST, OBJECT] = [0x22, 0x5c, 0x5b, 0x7b]
