/** File systems take names of 255 bytes; sizes and numbers of copies (`-320x320.webp`, `-12`) still join this one. */
const MOST_BYTES = 180
/** More is no ending by which anybody knows a kind of file. */
const MOST_ENDING = 16

/** The name under which an upload is kept: its own, cut between two characters where it is too long. */
export function shortName(name: string): string {
  if (Buffer.byteLength(name) <= MOST_BYTES) return name
  const dot = name.lastIndexOf('.')
  const hasEnding = dot > 0 && dot < name.length - 1 && Buffer.byteLength(name.slice(dot)) <= MOST_ENDING
  const ending = hasEnding ? name.slice(dot) : ''
  return cut(hasEnding ? name.slice(0, dot) : name, MOST_BYTES - Buffer.byteLength(ending)) + ending
}

/** Whole characters alone, and nothing at the end that a name may not end with. */
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
