/**
 * File systems allow names of 255 bytes; sizes and numbers of copies (`-320x320.webp`, `-12`) are added to this one.
 */
const MOST_BYTES = 180
/** No known file extension is longer. */
const MOST_ENDING = 16

/** The name under which an upload is stored: its own, cut between two characters if it is too long. */
export function shortName(name: string): string {
  if (Buffer.byteLength(name) <= MOST_BYTES) return name
  const dot = name.lastIndexOf('.')
  const hasEnding = dot > 0 && dot < name.length - 1 && Buffer.byteLength(name.slice(dot)) <= MOST_ENDING
  const ending = hasEnding ? name.slice(dot) : ''
  return cut(hasEnding ? name.slice(0, dot) : name, MOST_BYTES - Buffer.byteLength(ending)) + ending
}

/** Only whole characters, and no character at the end that a name may not end with. */
function cut(text: string, bytes: number): string {
  let kept = ''
  let size = 0
  for (const character of text) {
    size += Buffer.byteLength(character)
    if (size > bytes) break
    kept += character
  }
  return kept.replace(/[. ]+$/, '') || 'image'
}
