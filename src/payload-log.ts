import type { Log } from './log'

/**
 * The log as Payload gets it. Payload writes what an upload fails on as a bare error or text, as if the hub had
 * failed: such a line becomes a warning without the stack, and without the addresses and paths it names.
 */
export function payloadLog(log: Log): Log {
  const own = log.child({})
  const fail = own.error.bind(own) as (...line: unknown[]) => void
  own.error = (...line: unknown[]): void => {
    const [first] = line
    if (first instanceof Error) own.warn({ failure: first.name }, withoutPlaces(first.message))
    else if (typeof first === 'string') own.warn(withoutPlaces(first))
    else fail(...line)
  }
  return own
}

/** Addresses, and absolute paths of either system. */
const withoutPlaces = (text: string): string =>
  text.replace(/\b[a-z][a-z0-9+.-]*:\/\/\S+|(?<![\w.])(?:[a-z]:)?[\\/][^\s'"]+/gi, '…')
