import { perProcess } from '../../platform/kernel/process'

/** Keyboard rows and the alphabet: sequences that people type without thinking. */
const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop',
  'qwertzuiop',
  'azertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '01234567890',
  '!@#$%^&*()',
]
const SEQUENCES = [...ROWS, ...ROWS.map((row) => [...row].reverse().join(''))]

/** Characters that people type in place of a letter. 1, ! and | are read as i and as l. */
const LOOKS_LIKE: Record<string, string> = {
  '0': 'o',
  '2': 'z',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '6': 'g',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '+': 't',
  '(': 'c',
  '€': 'e',
}

/** Words that people choose for this kind of software, but that are not in the list. */
const MISSING = [
  'login',
  'logon',
  'signin',
  'signup',
  'passcode',
  'passphrase',
  'dashboard',
  'apikey',
  'subscription',
]

/**
 * Attackers find a word with at most this many digits and this many specials around it, if it is among the first
 * words of the list.
 */
const FEW = 4
const FIRST_OF_LIST = 15_000
/** The maximum number of characters around any other word of the list, with none inside it. */
const VERY_FEW = 2

const SHORTEST_CHECKED = 8
const LONGEST_CHECKED = 100

/**
 * Whether a password is likely to be guessed first: a common password (from a list of 49,000), a keyboard row, or a
 * word of `about` (the account's name and address, the hub's name). It also finds their usual variants: in any letter
 * case, with 0 for o, repeated, separated by hyphens, with a few digits and specials around them. Several words in a
 * row ("Correct-horse-1") do not count as common.
 */
export async function isCommonPassword(password: string, about: readonly string[] = []): Promise<boolean> {
  if (password.length < SHORTEST_CHECKED || password.length > LONGEST_CHECKED) return false
  const ranks = await commonPasswords()
  const words = new Set(about.flatMap(wordsOf))
  const isKnown = (word: string, most: number) =>
    (ranks.get(word) ?? Infinity) < most || word.length === 1 || isSequence(word) || isMadeOf(word, words)
  return coresOf(folded(password)).some(({ core, around }) =>
    readingsOf(core).some((reading) => {
      const isPlain = around <= VERY_FEW && reading.length === core.length
      return [reading, unitOf(reading)].some((word) => isKnown(word, isPlain ? Infinity : FIRST_OF_LIST))
    }),
  )
}

/** Letters without case, width and diacritics: the part that two spellings of a word share. */
function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

/** The possible word in a password, and how many characters are around it. */
type Core = { core: string; around: number }

/** The whole text, and the text without a few characters at its ends. */
function coresOf(text: string): Core[] {
  const trims = [/[^\p{L}\p{N}]+$/u, /[^\p{L}]+$/u]
  const ends = [text, ...trims.map((trim) => text.replace(trim, ''))]
  const leads = [/^[^\p{L}\p{N}]+/u, /^[^\p{L}]+/u]
  const cores = ends.flatMap((end) => [end, ...leads.map((lead) => end.replace(lead, ''))])
  return [...new Set(cores)]
    .filter((core) => core !== '' && isWeak(restOf(text, core)))
    .map((core) => ({ core, around: text.length - core.length }))
}

function restOf(text: string, core: string): string {
  const start = text.indexOf(core)
  return text.slice(0, start) + text.slice(start + core.length)
}

/** Digits and specials that add little: few of each, a keyboard row, or repetitions. */
function isWeak(rest: string): boolean {
  const digits = rest.replace(/\P{Nd}/gu, '')
  const specials = rest.replace(/\p{Nd}/gu, '')
  return [digits, specials].every((part) => {
    const unit = unitOf(part)
    return unit.length <= FEW || isSequence(unit)
  })
}

/** The same word with its digits and specials read as letters, and without separators between its parts. */
function readingsOf(core: string): string[] {
  const letters = [...core].map((character) => LOOKS_LIKE[character] ?? character).join('')
  const spellings = [core, letters.replace(/[1!|]/g, 'i'), letters.replace(/[1!|]/g, 'l')]
  return spellings.flatMap((spelling) => [spelling, spelling.replace(/[^\p{L}\p{N}]/gu, '')]).filter(Boolean)
}

/** The repeated part of a text: `ha` of `hahaha`; the text itself if it repeats nothing. */
function unitOf(text: string): string {
  return /^(.+?)\1+$/su.exec(text)?.[1] ?? text
}

function isSequence(text: string): boolean {
  return text.length > 2 && SEQUENCES.some((row) => row.includes(text))
}

/** The parts of a name or address, and the whole. A single letter is no word. */
function wordsOf(text: string): string[] {
  const plain = folded(text)
  return [...plain.split(/[^\p{L}\p{N}]+/u), plain].filter((word) => word.length > 1)
}

/** Whether a text consists only of these words, one after the other. */
function isMadeOf(text: string, words: ReadonlySet<string>): boolean {
  const reached = new Set([0])
  for (let start = 0; start < text.length; start += 1) {
    if (!reached.has(start)) continue
    for (const word of words) if (text.startsWith(word, start)) reached.add(start + word.length)
  }
  return reached.has(text.length)
}

/**
 * Each word with its place in the list, the most common first. Reading it takes a tenth of a second and 5 MB, so each
 * process reads it once, when the first password is set.
 */
function commonPasswords(): Promise<ReadonlyMap<string, number>> {
  return perProcess('accounts.common-passwords', async () => {
    const { dictionary } = await import('@zxcvbn-ts/language-common')
    const words = [...MISSING, ...dictionary['passwords-common']]
    return new Map(words.map((word, rank) => [word, rank]))
  })
}
