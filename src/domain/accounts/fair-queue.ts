type Line<T> = { items: T[]; lines: Map<string, Line<T>>; size: number }

/**
 * A queue of lanes, and of lanes within these, named by a path of the same length for every item. Lanes take turns at
 * each level; within the innermost, whoever came first goes first.
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

  /** The next item: of the lane whose turn it is, which then goes to the back of its row. */
  shift(): T | undefined {
    return this.size === 0 ? undefined : shiftFrom(this.all)
  }

  /** Takes out the item that came last to the longest lane, and in it to the longest of its own. */
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
  // Of equal ones the last: a newcomer to many short lanes would wait no less than they do, and learns that at once.
  for (const entry of line.lines) if (!longest || entry[1].size >= longest[1].size) longest = entry
  if (!longest) return line.items.pop()
  const [name, inner] = longest
  const item = dropFrom(inner)
  if (inner.size === 0) line.lines.delete(name)
  return item
}
