import { complement, DIGITS, LINE_ENDS, type Ranges, rangesOfProperty, SPACES, union, WORD } from './ranges'

/** A pattern of ECMAScript (flag `u`) that needs neither look-around nor back-references. */
export type Pattern =
  | { kind: 'set'; set: Ranges }
  | { kind: 'edge'; edge: '^' | '$' | 'b' | 'B' }
  | { kind: 'sequence'; items: Pattern[] }
  | { kind: 'either'; options: Pattern[] }
  | { kind: 'repeat'; item: Pattern; least: number; most: number | null }

/** Deeper groups than that are no pattern that somebody wrote. */
const MOST_DEPTH = 100

/** Thrown for what is more than a regular language. */
class NotRegular extends Error {}

/** The parts of a valid pattern; null where a look-around, a back-reference or something unknown is one of them. */
export function parsePattern(source: string): Pattern | null {
  try {
    return new Reader(source).read()
  } catch (error) {
    if (error instanceof NotRegular) return null
    throw error
  }
}

const ESCAPED_SETS: Record<string, Ranges> = {
  d: DIGITS,
  D: complement(DIGITS),
  w: WORD,
  W: complement(WORD),
  s: SPACES,
  S: complement(SPACES),
}
const CONTROLS: Record<string, number> = { f: 0x0c, n: 0x0a, r: 0x0d, t: 0x09, v: 0x0b, 0: 0 }
const ANY_BUT_LINE_ENDS = complement(LINE_ENDS)

class Reader {
  private at = 0
  private depth = 0

  constructor(private readonly source: string) {}

  read(): Pattern {
    const pattern = this.either()
    if (this.at < this.source.length) throw new NotRegular()
    return pattern
  }

  private either(): Pattern {
    this.depth += 1
    if (this.depth > MOST_DEPTH) throw new NotRegular()
    const options = [this.sequence()]
    while (this.take('|')) options.push(this.sequence())
    this.depth -= 1
    return options.length === 1 ? (options[0] as Pattern) : { kind: 'either', options }
  }

  private sequence(): Pattern {
    const items: Pattern[] = []
    while (this.at < this.source.length && !'|)'.includes(this.source.charAt(this.at)))
      items.push(this.repeated())
    return items.length === 1 ? (items[0] as Pattern) : { kind: 'sequence', items }
  }

  private repeated(): Pattern {
    const item = this.atom()
    const quantifier = this.match(/(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/y)
    if (!quantifier) return item
    const [, sign, least, comma, most] = quantifier
    if (sign) return { kind: 'repeat', item, least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : null }
    const from = Number(least)
    return { kind: 'repeat', item, least: from, most: most ? Number(most) : comma ? null : from }
  }

  private atom(): Pattern {
    if (this.take('^')) return { kind: 'edge', edge: '^' }
    if (this.take('$')) return { kind: 'edge', edge: '$' }
    if (this.take('.')) return { kind: 'set', set: ANY_BUT_LINE_ENDS }
    if (this.take('(')) return this.group()
    if (this.take('[')) return { kind: 'set', set: this.bracketed() }
    const edge = this.match(/\\([bB])/y)?.[1]
    if (edge) return { kind: 'edge', edge: edge as 'b' | 'B' }
    return { kind: 'set', set: toSet(this.member()) }
  }

  private group(): Pattern {
    // A name has a use only with back-references, which are not supported.
    if (this.take('?') && !this.take(':') && !this.match(/<(?![=!])[^>]+>/y)) throw new NotRegular()
    const inner = this.either()
    if (!this.take(')')) throw new NotRegular()
    return inner
  }

  private bracketed(): Ranges {
    const isNegated = this.take('^')
    const sets: Ranges[] = []
    while (!this.take(']')) {
      const first = this.member()
      const isRange = this.source.charAt(this.at) === '-' && this.source.charAt(this.at + 1) !== ']'
      if (!isRange || typeof first !== 'number') sets.push(toSet(first))
      else {
        this.at += 1
        const last = this.member()
        if (typeof last !== 'number' || last < first) throw new NotRegular()
        sets.push([[first, last]])
      }
    }
    const set = union(...sets)
    return isNegated ? complement(set) : set
  }

  /** One character, as its code point, or an escape that means many. */
  private member(): number | Ranges {
    if (!this.take('\\')) return this.next()
    const property = this.match(/[pP]\{[\w=]+\}/y)?.[0]
    if (property) return rangesOfProperty(`\\${property}`)
    const hex = this.match(/x([\dA-Fa-f]{2})|u\{([\dA-Fa-f]+)\}|u([\dA-Fa-f]{4})/y)
    if (hex) return this.ofHex(hex)
    const control = this.match(/c([A-Za-z])/y)?.[1]
    if (control) return control.charCodeAt(0) % 32
    const letter = this.source.charAt(this.at)
    if (/[1-9k]/.test(letter)) throw new NotRegular()
    const code = this.next()
    return ESCAPED_SETS[letter] ?? CONTROLS[letter] ?? code
  }

  /** Two escapes may be the halves of one character; a half by itself is in no text that is checked. */
  private ofHex([, byte, long, unit]: RegExpExecArray): number {
    const code = Number.parseInt(byte ?? long ?? unit ?? '', 16)
    if (code < 0xd800 || code > 0xdfff) return code
    const low = code < 0xdc00 ? this.match(/\\u([dD][c-fC-F][\dA-Fa-f]{2})/y)?.[1] : undefined
    if (low === undefined) throw new NotRegular()
    return 0x10000 + (code - 0xd800) * 0x400 + (Number.parseInt(low, 16) - 0xdc00)
  }

  private next(): number {
    const code = this.source.codePointAt(this.at)
    if (code === undefined || (code >= 0xd800 && code <= 0xdfff)) throw new NotRegular()
    this.at += code > 0xffff ? 2 : 1
    return code
  }

  private take(text: string): boolean {
    if (this.source.charAt(this.at) !== text) return false
    this.at += 1
    return true
  }

  private match(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.at
    const found = sticky.exec(this.source)
    if (found) this.at = sticky.lastIndex
    return found
  }
}

const toSet = (member: number | Ranges): Ranges => (typeof member === 'number' ? [[member, member]] : member)
