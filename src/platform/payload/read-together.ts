import { setImmediate } from 'node:timers/promises'
import type { PayloadRequest } from 'payload'
import { readingSql } from './payload-sql'

type Reading = { ids: string[]; rows: Promise<Map<string, { id: string }>> }

/**
 * What a query says of one document, for a field of it. Those that a request asks for in one moment, as the documents of
 * a list do, are read by one run of it: it takes ids as `$1` and gives rows with an `id`.
 */
export async function readTogether<Row extends { id: string }>(
  req: PayloadRequest,
  query: string,
  id: string,
): Promise<Row | undefined> {
  const underWay = readingsOf(req)
  const reading = underWay.get(query) ?? startReading(req, query)
  underWay.set(query, reading)
  reading.ids.push(id)
  return (await reading.rows).get(id) as Row | undefined
}

function readingsOf({ context }: PayloadRequest): Map<string, Reading> {
  const known = (context.readTogether as Map<string, Reading> | undefined) ?? new Map()
  context.readTogether = known
  return known
}

function startReading(req: PayloadRequest, query: string): Reading {
  const ids: string[] = []
  const rows = setImmediate().then(async () => {
    readingsOf(req).delete(query)
    const sql = await readingSql(req)
    const found = await sql.query<{ id: string }>(query, [ids])
    return new Map(found.rows.map((row) => [row.id, row]))
  })
  return { ids, rows }
}
