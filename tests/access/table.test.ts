import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Pool } from 'pg'
import { CALLERS, type Caller, type Cast, castOfCallers, hubDatabase } from './callers'
import { KINDS, type Kind, newDocument, rowVersion } from './documents'
import { attempt, type Way } from './operations'
import { CHANGES, newData } from './samples'
import { OPERATIONS, type Operation, RULES } from './table'

let db: Pool
let cast: Cast

beforeAll(async () => {
  db = hubDatabase()
  cast = await castOfCallers()
})
afterAll(() => db.end())

const WRITES: Operation[] = ['update', 'bulk-update', 'delete', 'bulk-delete']

/** Does it on a document of its own; what is refused must also have changed nothing. */
async function outcome(way: Way, kind: Kind, operation: Operation, caller: Caller): Promise<boolean> {
  const id = await newDocument(db, kind, cast, caller)
  const before = await rowVersion(db, kind, id)
  const makes = operation === 'create' || operation === 'duplicate'
  const data = makes ? await newData(db, kind, cast) : CHANGES[KINDS[kind].collection]
  const allowed = await attempt(way, { kind, operation, id, data, headers: cast.headers[caller] })
  const changed = before !== (await rowVersion(db, kind, id))
  if (changed !== (allowed && WRITES.includes(operation)))
    throw new Error(
      `${way} ${operation} ${kind} by ${caller}: answered ${allowed}, and changed it: ${changed}`,
    )
  return allowed
}

/** What GraphQL cannot do at all: bulk operations, and a file beside the data. */
function isPossible(way: Way, kind: Kind, operation: Operation): boolean {
  // `/api/payload-preferences/count` is the preference of that name.
  if (way === 'REST') return !(kind === 'payload-preferences' && operation === 'count')
  return !operation.startsWith('bulk') && !(kind.startsWith('media') && operation === 'create')
}

const cells = Object.keys(KINDS).flatMap((kind) =>
  OPERATIONS.map((operation) => [kind as Kind, operation] as const),
)

describe.each(['REST', 'GraphQL'] as const)('by %s', (way) => {
  test.each(cells.filter(([kind, operation]) => isPossible(way, kind, operation)))(
    '%s: %s',
    async (kind, operation) => {
      const found: Record<string, boolean> = {}
      for (const caller of CALLERS) found[caller] = await outcome(way, kind, operation, caller)
      expect(found).toEqual(RULES[kind][operation])
    },
  )
})
