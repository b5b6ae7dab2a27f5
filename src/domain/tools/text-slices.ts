/** Small enough to count quickly, large enough that the cuts do not matter. */
const SLICE = 4_096
/** A tokenizer needs quadratic time for an unbroken run of letters, punctuation or spaces. */
const LONGEST_RUN = 256
const LONG_RUN = /[\p{L}\p{M}]{257}|[^\s\p{L}\p{N}]{257}|\s{257}/u

const WORD_END = /[\p{L}\p{N}]/u
const BREAK = /[\s.,;:!?。、，！？；：]/u

/**
 * Cuts a text into slices whose tokens add up to the whole text's: between a word and the space or sign after
 * it, where no token of any encoding goes across. A run of over 256 letters, signs or spaces, as no language
 * writes it, is cut in pieces; there the sum may be larger by one for each.
 */
export function* textSlices(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = cutAt(text, start)
    const slice = text.slice(start, end)
    if (LONG_RUN.test(slice)) yield* pieces(slice)
    else yield slice
    start = end
  }
}

function cutAt(text: string, start: number): number {
  const end = start + SLICE
  if (end >= text.length) return text.length
  for (let at = end; at > start + SLICE / 2; at -= 1) {
    if (BREAK.test(text.charAt(at)) && WORD_END.test(text.charAt(at - 1))) return at
  }
  return beforePair(text, end)
}

function* pieces(slice: string): Generator<string> {
  for (let start = 0; start < slice.length; ) {
    const end = beforePair(slice, Math.min(start + LONGEST_RUN, slice.length))
    yield slice.slice(start, end)
    start = end
  }
}

/** One less if the cut would split a surrogate pair. */
function beforePair(text: string, at: number): number {
  const code = at < text.length ? text.charCodeAt(at) : 0
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at
}
