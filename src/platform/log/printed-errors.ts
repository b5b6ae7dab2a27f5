import { inspect } from 'node:util'
import { DrizzleQueryError } from '@payloadcms/db-postgres/drizzle'
import { DatabaseError } from 'pg'
import { withoutValues } from './logged-error'

type Printed = (this: Error, depth: number, options: object) => string

/**
 * What fails while a page of the panel is made, Next prints by the console, whole, and can be told no other way. So
 * errors of queries print without the statement and the values, wherever they are printed; they still hold them.
 */
export function printWithoutValues(): void {
  const print: Printed = function (_depth, options) {
    const harmless = withoutValues(this)
    if (harmless === this) return inspect(this, { ...options, customInspect: false })
    // As every other error is printed: Next puts a printer of its own there, which finds the places in the sources.
    const others = (Error.prototype as unknown as Record<symbol, unknown>)[inspect.custom]
    return inspect(
      Object.defineProperty(harmless, inspect.custom, { value: others, configurable: true }),
      options,
    )
  }
  for (const { prototype } of [DrizzleQueryError, DatabaseError])
    Object.defineProperty(prototype, inspect.custom, { value: print, configurable: true })
}
