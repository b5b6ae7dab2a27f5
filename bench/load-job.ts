/** What the load generator is asked to do: callers on keep-alive connections, each with one request at a time. */
export type Job = {
  url: string
  connections: number
  /** Raw HTTP requests; caller n sends number n modulo their count. */
  requests: string[]
  /** Each caller sends all that fall to it, in turn. */
  inTurn?: boolean
  /** 'loop': again and again for this long. 'once': every caller once, all in the same instant. */
  mode: 'loop' | 'once'
  warmUpMs: number
  durationMs: number
}

/** Times in milliseconds, as the caller saw them. */
export type Latency = { p50: number; p95: number; p99: number; most: number }

export type Outcome = {
  /** Answers with 2xx in the measured time. */
  answered: number
  /** Other answers and broken connections, with their number. */
  errors: Record<string, number>
  seconds: number
  latency: Latency
  /** CPU seconds of the load generator itself, to see that it is not what is measured. */
  ownCpuSeconds: number
}

/** A raw HTTP/1.1 request on a keep-alive connection. */
export function rawRequest(
  method: 'GET' | 'POST',
  path: string,
  settings: { token?: string; body?: unknown; address?: string } = {},
): string {
  const body = settings.body === undefined ? '' : JSON.stringify(settings.body)
  return [
    `${method} ${path} HTTP/1.1`,
    'Host: bench',
    ...(settings.address ? [`X-Forwarded-For: ${settings.address}`] : []),
    ...(settings.token ? [`Authorization: Bearer ${settings.token}`] : []),
    ...(body ? ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`] : []),
    '',
    body,
  ].join('\r\n')
}
