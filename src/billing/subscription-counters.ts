import { setImmediate } from 'node:timers/promises'
import type { PayloadRequest } from 'payload'
import { readingSql } from '../database/payload-sql'

/** What no Payload update writes of a subscription. */
export type Counters = {
  token_limit: string
  tokens_used: string
  tokens_held: string
}

type Reading = {
  known: Map<string, Promise<Counters | undefined>>
  /** Those that are asked for in this moment: they share a query. */
  next: { ids: string[]; rows: Promise<Map<string, Counters>> } | null
}

/** The counters of a subscription for this request, shared by its fields; those of a list are read by one query. */
export function countersOf(req: PayloadRequest, id: string): Promise<Counters | undefined> {
  const reading = readingOf(req)
  const known = reading.known.get(id)
  if (known) return known
  const next = reading.next ?? startReading(req, reading)
  next.ids.push(id)
  const counters = next.rows.then((rows) => rows.get(id))
  reading.known.set(id, counters)
  return counters
}

/** What is read after a write is what was written, not what was read for it. */
export function forgetCounters(req: PayloadRequest, id: string): void {
  readingOf(req).known.delete(id)
}

function readingOf({ context }: PayloadRequest): Reading {
  const reading = (context.subscriptionCounters as Reading | undefined) ?? { known: new Map(), next: null }
  context.subscriptionCounters = reading
  return reading
}

function startReading(req: PayloadRequest, reading: Reading): NonNullable<Reading['next']> {
  const ids: string[] = []
  const rows = setImmediate().then(async () => {
    reading.next = null
    const sql = await readingSql(req)
    const found = await sql.query<Counters & { id: string }>(COUNTERS, [ids])
    return new Map(found.rows.map((row) => [row.id, row]))
  })
  reading.next = { ids, rows }
  return reading.next
}

const COUNTERS = `
  select s.id, p.token_limit + hub_extra_tokens(s.extra_tokens, s.extra_until, now()) as token_limit, s.tokens_used,
    s.tokens_held
  from subscriptions s join plans p on p.id = s.plan_id where s.id = any ($1)`
