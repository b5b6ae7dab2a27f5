import { setTimeout as sleep } from 'node:timers/promises'
import { Dispatcher } from 'undici'
import { setPerProcess } from '../../src/platform/kernel/process'

/** What an upstream answers: its bytes as they come, and how its connection ends. */
export type Script = {
  status?: number
  headers?: Record<string, string>
  chunks: (string | Uint8Array)[]
  /** `close` is an orderly end; `silence` keeps the connection open, `pings` sends comments on it, `reset` breaks it. */
  end?: 'close' | 'silence' | 'pings' | 'reset'
}

export type SentRequest = { url: string; headers: Record<string, string>; body: string }

/**
 * An upstream of every adapter that needs no socket: it stands in the place of the agent that all calls leave through.
 * `answer` says what the next requests get; `sent` holds what was sent, the newest last.
 */
export class InProcessUpstream extends Dispatcher {
  readonly sent: SentRequest[] = []
  /** How many connections the hub has ended by itself. */
  left = 0
  #script: (request: SentRequest) => Script = () => ({ chunks: [] })

  /** Takes the place of the agent; `useSettings` before it, as it makes a new one. */
  install(): this {
    setPerProcess('tools.agent', this)
    return this
  }

  answer(script: Script | ((request: SentRequest) => Script)): void {
    this.#script = typeof script === 'function' ? script : () => script
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const request = {
      url: `${options.origin}${options.path}`,
      headers: namesInLowerCase(options.headers),
      body: typeof options.body === 'string' ? options.body : '',
    }
    void this.#play(request, options.body, inNewWords(handler))
    return true
  }

  override close(): Promise<void> {
    return Promise.resolve()
  }

  async #play(request: SentRequest, body: unknown, handler: Dispatcher.DispatchHandler): Promise<void> {
    const controller = new Controller()
    handler.onRequestStart?.(controller, {})
    if (request.body === '' && isIterable(body))
      for await (const chunk of body) request.body += Buffer.from(chunk)
    this.sent.push(request)
    const { status = 200, headers = {}, chunks, end = 'close' } = this.#script(request)
    try {
      await sleep(0)
      controller.check()
      handler.onResponseStart?.(controller, status, headers, '')
      for (const chunk of chunks) {
        handler.onResponseData?.(controller, Buffer.from(chunk as Uint8Array))
        await new Promise((resolve) => setImmediate(resolve))
        controller.check()
      }
      if (end === 'reset') throw Object.assign(new Error('reset'), { code: 'ECONNRESET' })
      while (end !== 'close') {
        await sleep(5)
        controller.check()
        if (end === 'pings') handler.onResponseData?.(controller, Buffer.from(': ping\n\n'))
      }
      handler.onResponseEnd?.(controller, {})
    } catch (error) {
      if (controller.aborted) this.left += 1
      handler.onResponseError?.(controller, error as Error)
    }
  }
}

type OldHandler = {
  onConnect?(abort: (reason: Error) => void): void
  onHeaders?(status: number, headers: Buffer[], resume: () => void, text: string): boolean
  onData?(chunk: Buffer): boolean
  onComplete?(trailers: Buffer[]): void
  onError?(error: Error): void
}

/** undici's own functions still hand over handlers of its older interface. */
function inNewWords(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
  if (handler.onRequestStart) return handler
  const old = handler as OldHandler
  return {
    onRequestStart: (controller) => old.onConnect?.((reason) => controller.abort(reason)),
    onResponseStart: (_, status, headers, text) => {
      const raw = Object.entries(headers).flatMap((pair) => pair.map((one) => Buffer.from(String(one))))
      old.onHeaders?.(status, raw, () => undefined, text ?? '')
    },
    onResponseData: (_, chunk) => void old.onData?.(chunk),
    onResponseEnd: () => old.onComplete?.([]),
    onResponseError: (_, error) => old.onError?.(error),
  }
}

class Controller implements Dispatcher.DispatchController {
  aborted = false
  paused = false
  reason: Error | null = null
  rawHeaders = null
  rawTrailers = null

  abort(reason: Error): void {
    this.aborted = true
    this.reason = reason
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
  }

  check(): void {
    if (this.aborted) throw this.reason ?? new Error('aborted')
  }
}

function isIterable(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}

function namesInLowerCase(headers: unknown): Record<string, string> {
  const list = Array.isArray(headers)
    ? headers.flatMap((value, at) => (at % 2 === 0 ? [[String(value), String(headers[at + 1])]] : []))
    : Object.entries((headers ?? {}) as Record<string, string>)
  return Object.fromEntries(list.map(([name, value]) => [String(name).toLowerCase(), String(value)]))
}
