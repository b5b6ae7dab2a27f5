import type { Dispatcher } from 'undici'
import { AddressRefused } from './agent'
import type { HttpAnswer } from './http-answer'
import { remembered } from './remembered'

export type HttpRequest = {
  url: string
  method: 'POST' | 'PUT' | 'PATCH'
  headers: Record<string, string>
  body: string
  signal?: AbortSignal | undefined
}

export type AnswerBounds = { timeoutMs: number; maxAnswerBytes: number }

/**
 * Sends one request and reads its complete response. It calls the dispatcher directly: a stream for each response and a
 * signal for each request took as long as the rest of a call. It never rejects.
 */
export function sendRequest(
  request: HttpRequest,
  { timeoutMs, maxAnswerBytes }: AnswerBounds,
  agent: Dispatcher,
): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    const { url, method, headers, body, signal } = request
    const abort = () => reading.end({ ended: 'aborted' })
    const timer = setTimeout(() => reading.end({ ended: 'timeout' }), timeoutMs)
    const reading = new Reading(maxAnswerBytes, (answer) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      resolve(answer)
    })
    signal?.addEventListener('abort', abort, { once: true })
    try {
      const { origin, path } = target(url)
      agent.dispatch({ origin, path, method, headers, body }, reading)
    } catch (error) {
      reading.end(failed(error))
    }
  })
}

/** A cache, because few tools are called often. Throws for an invalid URL; this is not cached. */
const target = remembered((url) => {
  const { origin, pathname, search } = new URL(url)
  return { origin, path: pathname + search }
})

const UNAVAILABLE = new Set([502, 503, 504])
/** An unread response is drained up to this size to keep the connection. A larger one closes it. */
const DRAIN_BYTES = 64 * 1024

/** Receives one response. The first event that ends it decides the result; the rest of the request is then aborted. */
class Reading implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined
  #isOver = false
  /** The result for a response that is drained and not read. */
  #drained: HttpAnswer | undefined
  #status = 0
  #size = 0
  readonly #chunks: Buffer[] = []

  constructor(
    private readonly mostBytes: number,
    private readonly onEnd: (answer: HttpAnswer) => void,
  ) {}

  end(answer: HttpAnswer): void {
    if (this.#isOver) return
    this.#isOver = true
    this.onEnd(answer)
    if (answer.ended !== 'answered') this.#controller?.abort(new CutOff())
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isOver) controller.abort(new CutOff())
  }

  onResponseStart(_: unknown, status: number, headers: Record<string, string | string[] | undefined>): void {
    if (status < 200) return
    this.#status = status
    if (status >= 300) {
      const isRedirect = status < 400 && headers.location !== undefined
      const reason = `HTTP ${status}${isRedirect ? ': redirects are not followed' : ''}`
      this.#drained = { ended: UNAVAILABLE.has(status) ? 'unavailable' : 'bad', reason }
    } else if (String(headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') {
      this.end({ ended: 'bad', reason: 'its answer is compressed, which was not asked for' })
    } else if (Number(headers['content-length'] ?? 0) > this.mostBytes) this.#endTooLarge()
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#drained) {
      if (this.#size > DRAIN_BYTES) this.end(this.#drained)
    } else if (this.#size > this.mostBytes) this.#endTooLarge()
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    // The request ended normally, so it is not aborted and the connection is kept.
    this.#controller = undefined
    const body = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks)
    this.end(this.#drained ?? { ended: 'answered', status: this.#status, body })
  }

  onResponseError(_: unknown, error: Error): void {
    this.end(this.#drained ?? failed(error))
  }

  #endTooLarge(): void {
    this.end({ ended: 'bad', reason: `its answer has over ${this.mostBytes} bytes` })
  }
}

class CutOff extends Error {}

/** The reason is a code, never the error's text, which may contain the address with secrets from an admin. */
export function failed(error: unknown): HttpAnswer {
  if (error instanceof AddressRefused) return { ended: 'refused', reason: 'its address may not be called' }
  const { code, name } = error as { code?: unknown; name?: string }
  const reason = typeof code === 'string' ? code : (name ?? 'error')
  const isNoHttp = reason.startsWith('HPE_') || reason === 'UND_ERR_HEADERS_OVERFLOW'
  const isOurs = reason === 'UND_ERR_INVALID_ARG'
  return isNoHttp || isOurs ? { ended: 'bad', reason } : { ended: 'unavailable', reason }
}
