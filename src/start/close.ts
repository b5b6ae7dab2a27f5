import type { Server, ServerResponse } from 'node:http'
import { v7 as uuidv7 } from 'uuid'
import { Problem } from '../platform/kernel/problem'
import type { Log } from '../platform/log/log'

const MOST_MS = 10_000

export type Closing = {
  http: Server
  log: Log
  /** In order: finish the running work, then close what it needed. */
  steps: { name: string; run: () => Promise<unknown> }[]
}

/**
 * Stops the process gracefully: it accepts no new connection or request, finishes and settles the running work, and closes
 * everything. A step that hangs is abandoned after ten seconds in total. Returns the exit code.
 */
export async function closeGracefully({ http, log, steps }: Closing): Promise<number> {
  const deadline = Date.now() + MOST_MS
  log.info({}, 'closing')
  const closed = new Promise((resolve) => http.close(resolve))
  http.removeAllListeners('request').on('request', (_, response) => refuse(response))
  http.closeIdleConnections()
  let code = 0
  for (const step of [...steps, { name: 'connections', run: () => closed }]) {
    if (step.name === 'connections') http.closeAllConnections()
    code = Math.max(code, await within(deadline - Date.now(), step, log))
  }
  return code
}

async function within(milliseconds: number, step: Closing['steps'][number], log: Log): Promise<number> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), Math.max(0, milliseconds))
  })
  try {
    const outcome = await Promise.race([step.run(), late])
    if (outcome !== 'late') return 0
    log.warn({ step: step.name }, 'did not close in time')
    return 1
  } catch (err) {
    log.warn({ err, step: step.name }, 'could not be closed')
    return 1
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Keep-alive connections send new requests as long as they get responses, and each request would delay the stop. Clients are
 * asked to retry, and the retry then reaches another instance.
 */
function refuse(response: ServerResponse): void {
  const { code, status, message } = new Problem(
    'NOT_READY',
    'This instance is shutting down. Send the request again.',
  )
  const request_id = uuidv7()
  const body = { data: null, error: { code, message, details: [] }, meta: { request_id } }
  const headers = { 'Content-Type': 'application/json; charset=utf-8', 'X-Request-ID': request_id }
  response
    .writeHead(status, { ...headers, 'Retry-After': '1', Connection: 'close' })
    .end(JSON.stringify(body))
}
