import { Dispatcher } from 'undici'
import type { Case } from './case'
import { respond } from './respond'
import type { Sent } from './style'

/** undici's own `fetch` still hands over handlers of the older of its two interfaces; so do some of the hub's adapters. */
type OldHandler = {
  onConnect?: (abort: (reason?: Error) => void) => void
  onHeaders?: (status: number, headers: Buffer[], resume: () => void, text: string) => boolean
  onData?: (chunk: Buffer) => boolean
  onComplete?: (trailers: Buffer[]) => void
  onError?: (error: Error) => void
}

/** Answers calls of providers inside of the process, chunk by chunk, with no socket between. */
export class ScriptedAgent extends Dispatcher {
  constructor(private readonly caseOf: (number: number) => Case) {
    super()
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    void this.respond(options).then(
      (sent) => setImmediate(() => answer(sent, inOldWords(handler))),
      (error) => inOldWords(handler).onError?.(error),
    )
    return true
  }

  private async respond({ method, path, body }: Dispatcher.DispatchOptions): Promise<Sent> {
    let text = ''
    if (typeof body === 'string') text = body
    else if (body) for await (const chunk of body as AsyncIterable<Uint8Array>) text += Buffer.from(chunk)
    return respond({ method, path, body: text }, this.caseOf)
  }

  override async close(): Promise<void> {}
  override async destroy(): Promise<void> {}
}

function answer({ status, headers, chunks }: Sent, handler: OldHandler): void {
  let isAborted = false
  handler.onConnect?.((reason) => {
    if (isAborted) return
    isAborted = true
    handler.onError?.(reason ?? new Error('aborted'))
  })
  const next = (at: number): void => {
    if (isAborted) return
    const chunk = chunks[at]
    if (!chunk) return void handler.onComplete?.([])
    if (handler.onData?.(chunk) === false) resume = () => next(at + 1)
    else setImmediate(next, at + 1)
  }
  let resume = (): void => undefined
  const raw = Object.entries(headers).flatMap((pair) => pair.map((text) => Buffer.from(text)))
  handler.onHeaders?.(status, raw, () => resume(), 'OK')
  next(0)
}

function inOldWords(handler: Dispatcher.DispatchHandler): OldHandler {
  if (!handler.onRequestStart) return handler as OldHandler
  const controller = new Controller()
  return {
    onConnect: (abort) => {
      controller.onAbort = abort
      handler.onRequestStart?.(controller, {})
    },
    onHeaders: (status, raw, resume, text) => {
      controller.onResume = resume
      const texts = raw.map(String)
      const named = texts.flatMap((name, at) => (at % 2 === 0 ? [[name, texts[at + 1] ?? ''] as const] : []))
      handler.onResponseStart?.(controller, status, Object.fromEntries(named), text)
      return !controller.paused
    },
    onData: (chunk) => {
      handler.onResponseData?.(controller, chunk)
      return !controller.paused
    },
    onComplete: () => handler.onResponseEnd?.(controller, {}),
    onError: (error) => handler.onResponseError?.(controller, error),
  }
}

class Controller implements Dispatcher.DispatchController {
  aborted = false
  paused = false
  reason: Error | null = null
  rawHeaders = null
  rawTrailers = null
  onAbort: (reason: Error) => void = () => undefined
  onResume: () => void = () => undefined

  abort(reason: Error): void {
    this.aborted = true
    this.reason = reason
    this.onAbort(reason)
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
    this.onResume()
  }
}
