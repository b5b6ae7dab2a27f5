import pino, { type Logger, type LoggerOptions } from 'pino'
import { loggedError } from './logged-error'

export type Log = Logger

/** Whatever carries a secret must never reach a line, also when an object is logged by mistake. */
const SECRET_PATHS = [
  'password',
  'current_password',
  'new_password',
  'token',
  'access_token',
  'refresh_token',
  'key',
  'secret',
  'input',
  'output',
  'authorization',
  'cookie',
]

/** One line of the log for one request. Durations are milliseconds; the route is its pattern, never the address. */
export interface RequestLine {
  request_id: string
  method: string
  route: string
  status: number
  duration_ms: number
  user_id: string | null
}

/** The hub's logger: JSON lines on standard output with ISO times and named levels. */
export function createLog(level: string): Log {
  return pino(
    logOptions(level),
    pino.destination({ dest: 1, sync: false, minLength: 4_096, periodicFlush: 200 }),
  )
}

const FLUSHED_WITHIN_MS = 1_000

/**
 * Writes what is buffered; to be called before the process exits. Otherwise pino writes it at exit, and tries for ever if nobody
 * reads the output any more.
 */
export const flushLog = (log: Log): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, FLUSHED_WITHIN_MS)
    log.flush(() => {
      clearTimeout(timer)
      resolve()
    })
  })

/** What a line looks like, wherever it is written. */
export const logOptions = (level: string): LoggerOptions => ({
  level,
  base: undefined,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
  serializers: { err: loggedError },
  redact: { paths: SECRET_PATHS.flatMap((path) => [path, `*.${path}`]), censor: '[hidden]' },
})

/** Writes the one line of a request: a failure of the hub's own is an error, everything else is information. */
export function logRequest(log: Log, line: RequestLine): void {
  const lines = unredacted(log)
  if (line.status === 500) lines.error(line, 'request')
  else lines.info(line, 'request')
}

const children = new WeakMap<Log, Log>()

/** A request's line has no field that could hold a secret, and to look for one took longer than to write it. */
function unredacted(log: Log): Log {
  const known = children.get(log)
  if (known) return known
  const child = log.child({}, { redact: [] })
  children.set(log, child)
  return child
}
