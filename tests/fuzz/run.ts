import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import pg from 'pg'
import { newCaller, newModel } from '../models/setup'
import { ADAPTERS, type Case } from './case'
import { interfaces } from './interfaces'
import { type Booked, bookFaults, expectedTold, type Told } from './reference'

/** Sends one request to a hub, wherever that is. */
export type Send = (path: string, init: RequestInit) => Promise<Response>

/** A hub with a model for each adapter, all at providers that answer what a case says. */
export class Stage {
  private readonly cases: Case[] = []
  private readonly slugs = new Map<string, string>()
  private readonly ledger = new pg.Client({ connectionString: process.env.HUB_TEST_HUB_DATABASE_URL })
  private key = ''
  private userId = ''

  /** Makes the models at this address, on the hub of the run, and somebody who may call them. */
  async open(provider: string): Promise<void> {
    await this.ledger.connect()
    const caller = await newCaller(2_000_000_000)
    this.key = caller.key
    this.userId = caller.id
    for (const adapter of ADAPTERS)
      for (const kind of ['whole', 'cut']) {
        // What breaks off again and again would close a model to the whole answers as well.
        const model = await newModel(`${provider}/${adapter}`, {
          adapter: adapter === 'responses' ? 'openai' : adapter,
          model: { speaks_responses: adapter === 'responses', max_output_tokens: 200 },
        })
        this.slugs.set(`${adapter} ${kind}`, model.slug)
      }
  }

  /** What the caller's calls still hold: nothing once all are answered. */
  async held(): Promise<number> {
    const { rows } = await this.ledger.query(
      'select tokens_held::int as held from subscriptions where user_id = $1',
      [this.userId],
    )
    return rows[0].held
  }

  close(): Promise<void> {
    return this.ledger.end()
  }

  /** The case that a provider was asked about. */
  readonly caseOf = (number: number): Case => {
    const found = this.cases[number]
    if (!found) throw new Error(`there is no case ${number}`)
    return found
  }

  /** Plays cases side by side; what is wrong with each, none when nothing is. */
  async play(cases: Case[], send: Send): Promise<string[][]> {
    const played = await Promise.all(cases.map((one) => this.ask(one, send)))
    const booked = await this.booked(played.map(({ id }) => id))
    return played.map(({ one, id, faults }) => [...faults, ...bookFaults(one, booked.get(id))])
  }

  private async ask(one: Case, send: Send): Promise<{ one: Case; id: string; faults: string[] }> {
    const id = randomUUID()
    const number = this.cases.push(one) - 1
    const slug = this.slugs.get(`${one.adapter} ${one.cutAfter === null ? 'whole' : 'cut'}`) as string
    const { ask, read } = interfaces[one.through]
    const { path, body, headers } = ask(slug, `case-${number}-`)
    const response = await send(path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-api-key': this.key,
        'x-request-id': id,
        ...headers,
      },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    return { one, id, faults: toldFaults(one, () => read(response.status, text), text) }
  }

  private async booked(ids: string[]): Promise<Map<string, Booked>> {
    const { rows } = await this.ledger.query<Booked & { id: string }>(ROWS, [ids])
    return new Map(rows.map(({ id, ...row }) => [id, row]))
  }
}

const ROWS = `
  select request_id::text as id, status, source, tokens_used::int as tokens
  from usage_logs where request_id::text = any($1)`

/** What a caller was told and should not have been. */
function toldFaults(one: Case, read: () => Told, text: string): string[] {
  const expected = expectedTold(one)
  let told: Told
  try {
    told = read()
  } catch (error) {
    return [`what was answered cannot be read (${(error as Error).message}): ${text.slice(0, 500)}`]
  }
  if (expected === null) return told.isWhole ? ['an answer that broke off became a whole one'] : []
  const shown = { ...told, usage: expected.usage && told.usage, calls: told.calls.map(withoutMadeId(one)) }
  if (isDeepStrictEqual(shown, expected)) return []
  return [`told ${JSON.stringify(shown)}\ninstead of ${JSON.stringify(expected)}\nby ${text.slice(0, 500)}`]
}

/** Google's calls have no ids of their own: any that is there will do. */
const withoutMadeId =
  ({ adapter }: Case) =>
  (call: Told['calls'][number]) =>
    adapter === 'google' && typeof call.id === 'string' && call.id !== '' && call.id !== 'undefined'
      ? { ...call, id: null }
      : call
