import { setImmediate as nextTurn } from 'node:timers/promises'

/** Some 10 ms of work. */
const PART = 50

type Work<T> = (doc: object, at: number, docs: object[]) => T
type AsyncWork = Work<Promise<unknown>>

/**
 * Documents of a large list. Payload gives all of them to one `Promise.all(docs.map(async …))`, which keeps the process
 * busy until the last one is done. Here every fiftieth starts in a new turn of the event loop, so that other requests
 * can run in between. In all other uses it behaves like an array.
 */
class InParts extends Array<object> {
  override map<T>(work: Work<T>): T[] {
    if (this.length <= PART || !isAsync(work)) return super.map(work)
    return inParts([...this], work as unknown as AsyncWork) as T[]
  }
}

/** The same documents, to be processed in parts. */
export function worksInParts(docs: object[]): object[] {
  return docs.length > PART ? InParts.from(docs) : docs
}

function inParts(docs: object[], work: AsyncWork): Promise<unknown>[] {
  let turn: Promise<unknown> = Promise.resolve()
  return docs.map((doc, at) => {
    if (at < PART) return work(doc, at, docs)
    if (at % PART === 0) turn = turn.then(() => nextTurn())
    return turn.then(() => work(doc, at, docs))
  })
}

const isAsync = (work: unknown): boolean => Object.prototype.toString.call(work) === '[object AsyncFunction]'
