/** The beginning of an event stream: a comment, a field, or only a field's name. Linear, also for a text of only blanks. */
const EVENT_STREAM = /^(?:[\w-]*:|(?:data|event|id|retry)[\r\n])/

/** Whether a text is an event stream. A byte order mark counts as a blank. */
export const isEventText = (text: string) => EVENT_STREAM.test(text.trimStart())

/**
 * Splits the text of an event stream into the data of its events. Lines may end in LF, CR LF or CR alone. An event is
 * returned as soon as its blank line has arrived, even if that is a CR whose LF might follow. Names, ids and comments are
 * ignored.
 */
export class EventParser {
  /** The incomplete line at the end. */
  #line = ''
  #data: string | null = null
  #skipsLineFeed = false

  /** The events that end in this text. */
  feed(text: string): string[] {
    const found: string[] = []
    if (text === '') return found
    let start = this.#skipsLineFeed && text.startsWith('\n') ? 1 : 0
    this.#skipsLineFeed = false
    let feed = text.indexOf('\n', start)
    let turn = text.indexOf('\r', start)
    while (feed !== -1 || turn !== -1) {
      const isTurn = turn !== -1 && (feed === -1 || turn < feed)
      const at = isTurn ? turn : feed
      this.#take(this.#line + text.slice(start, at), found)
      this.#line = ''
      start = at + 1
      if (isTurn && start === text.length) this.#skipsLineFeed = true
      else if (isTurn && text.startsWith('\n', start)) start += 1
      if (feed !== -1 && feed < start) feed = text.indexOf('\n', start)
      if (turn !== -1 && turn < start) turn = text.indexOf('\r', start)
    }
    this.#line += text.slice(start)
    return found
  }

  /** The last event, if the text ended before its blank line; null if nothing is left. */
  end(text = ''): string | null {
    const found = this.feed(`${text}\n\n`)
    return found.at(-1) ?? null
  }

  #take(line: string, found: string[]): void {
    if (line === '') {
      if (this.#data !== null) found.push(this.#data)
      this.#data = null
    } else if (line.startsWith('data:')) this.#add(line.startsWith(' ', 5) ? line.slice(6) : line.slice(5))
    else if (line === 'data') this.#add('')
  }

  #add(value: string): void {
    this.#data = this.#data === null ? value : `${this.#data}\n${value}`
  }
}
