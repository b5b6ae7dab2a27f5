import { ownIteration } from '../../platform/kernel/own-iteration'
import { invalidField } from '../../platform/kernel/problem'
import { perProcess } from '../../platform/kernel/process'

/** Bodies above this are parsed one after another. */
export const LARGE_BYTES = 16_384
/**
 * Bodies above this are also read one after another: twenty at once keep the process busy for half a second, and their
 * memory.
 */
const READ_IN_TURN_BYTES = 1_048_576
/** A slow sender keeps the next one waiting no longer than this. */
const LONGEST_READING_MS = 30
/** Lists and objects of a body: each costs as much as a hundred characters of text. */
const MOST_PARTS = 150_000

/** The place of one body among the large ones that are being read. */
export type ReadingPlace = {
  /** Once the body is known to have this many bytes: if they are many, waits until the large body before it was parsed. */
  waitFor(bytes: number): Promise<void>
  /** The body was parsed, or will not be. */
  end(): void
}

/** A place for one body. Small bodies never wait, and slow senders do not keep others waiting. */
export function readingPlace(): ReadingPlace {
  let end: (() => void) | null = null
  return {
    async waitFor(bytes) {
      if (end || bytes <= READ_IN_TURN_BYTES) return
      const line = perProcess('api.large-readings', () => ({ last: Promise.resolve() }))
      const before = line.last
      line.last = new Promise((resolve) => {
        end = resolve
      })
      await before
      const timer = setTimeout(() => end?.(), LONGEST_READING_MS)
      void line.last.then(() => clearTimeout(timer))
    },
    end: () => end?.(),
  }
}

/**
 * Before a large body is parsed: refuses one of too many lists and objects, and lets others be answered between it and the
 * large one before. Throws VALIDATION_ERROR.
 */
export async function beforeParsingLarge(bytes: Uint8Array): Promise<void> {
  await ownIteration('large-bodies')
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
