type Line<T> = { items: T[]; lines: Map<string, Line<T>>; size: number }

/**
 * A queue with lanes, and lanes within these; a path of the same length for every item names its lane. Lanes take
 * turns at each level; within the innermost lane the first item comes first.
 */
export class FairQueue<T> {
  private readonly all: Line<T> = emptyLine()

  get size(): number {
    return this.all.size
  }

  push(path: readonly string[], item: T): void {
    let line = this.all
    line.size += 1
    for (const name of path) {
      const inner = line.lines.get(name) ?? emptyLine<T>()
      line.lines.set(name, inner)
      inner.size += 1
      line = inner
    }
    line.items.push(item)
  }

  /** Returns the next item: from the lane whose turn it is, which then moves to the end of its level. */
  shift(): T | undefined {
    return this.size === 0 ? undefined : shiftFrom(this.all)
  }

  /** Removes the last item of the longest lane, at each level. */
  dropFromLongest(): T | undefined {
    return this.size === 0 ? undefined : dropFrom(this.all)
  }
}

function emptyLine<T>(): Line<T> {
  return { items: [], lines: new Map(), size: 0 }
}

function shiftFrom<T>(line: Line<T>): T | undefined {
  line.size -= 1
  const [next] = line.lines
  if (!next) return line.items.shift()
  const [name, inner] = next
  const item = shiftFrom(inner)
  line.lines.delete(name)
  if (inner.size > 0) line.lines.set(name, inner)
  return item
}

function dropFrom<T>(line: Line<T>): T | undefined {
  line.size -= 1
  let longest: [string, Line<T>] | undefined
  // Among lanes of equal length the last one: a newcomer would wait as long as the others, and is refused at once.
  for (const entry of line.lines) if (!longest || entry[1].size >= longest[1].size) longest = entry
  if (!longest) return line.items.pop()
  const [name, inner] = longest
  const item = dropFrom(inner)
  if (inner.size === 0) line.lines.delete(name)
  return item
}
