import { Dispatcher } from 'undici'
import { type Case, type Sent, toWire } from './case'

type Handler = {
  onConnect?: (abort: (reason?: Error) => void) => void
  onHeaders?: (status: number, headers: Buffer[], resume: () => void, text: string) => boolean
  onData?: (chunk: Buffer) => boolean
  onComplete?: (trailers: Buffer[]) => void
}

/** Whether the hub asked this provider for a stream, by the request that it sent. */
export function asksForStream(path: string, body: string): boolean {
  return path.includes('streamGenerateContent') || JSON.parse(body).stream === true
}

/** The number of the case that a request is about: it stands in what was asked. */
export function caseNumberIn(body: string): number {
  return Number(/case-(\d+)-/.exec(body)?.[1] ?? Number.NaN)
}

/** Answers calls of providers inside of the process, chunk by chunk, with no socket between. */
export class ScriptedAgent extends Dispatcher {
  constructor(private readonly caseOf: (number: number) => Case) {
    super()
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: unknown): boolean {
    const body = String(options.body ?? '')
    const sent = toWire(this.caseOf(caseNumberIn(body)), asksForStream(options.path, body))
    setImmediate(() => answer(sent, handler as Handler))
    return true
  }

  override async close(): Promise<void> {}
  override async destroy(): Promise<void> {}
}

function answer({ contentType, chunks }: Sent, handler: Handler): void {
  let isAborted = false
  handler.onConnect?.(() => {
    isAborted = true
  })
  const next = (at: number): void => {
    if (isAborted) return
    const chunk = chunks[at]
    if (!chunk) return void handler.onComplete?.([])
    if (handler.onData?.(chunk) === false) resume = () => next(at + 1)
    else setImmediate(next, at + 1)
  }
  let resume = (): void => undefined
  const headers = [Buffer.from('content-type'), Buffer.from(contentType)]
  handler.onHeaders?.(200, headers, () => resume(), 'OK')
  next(0)
}
