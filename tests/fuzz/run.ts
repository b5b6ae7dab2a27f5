import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import pg from 'pg'
import { newCaller } from '../models/setup'
import { type Case, isToolCase, type ModelCase, type ToolCase } from './case'
import { type Asked, interfaces } from './interfaces'
import { type Booked, bookFaults, expectedTold, type Told } from './reference'
import { nameOf, toolsAt } from './stage-tools'
import { toolInterfaces } from './tool-interfaces'
import { expectedToolTold, toolBookFaults } from './tool-reference'

/** Sends one request to a hub, wherever that is. */
export type Send = (path: string, init: RequestInit) => Promise<Response>

/** A call that was made: what is wrong with what the caller was told, and the tokens that it says. */
type Played = { one: Case; id: string; faults: string[]; tokens: number | null }

/** A hub with tools for each adapter, all at providers that answer what a case says. */
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
    // What breaks off again and again would close a tool to the whole answers as well.
    for (const kind of ['whole', 'cut'])
      for (const [name, newOne] of toolsAt(provider)) this.slugs.set(`${name} ${kind}`, (await newOne()).slug)
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
    return played.map(({ one, id, faults, tokens }) => [
      ...faults,
      ...(isToolCase(one) ? toolBookFaults(one, booked.get(id), tokens) : bookFaults(one, booked.get(id))),
    ])
  }

  private async ask(one: Case, send: Send): Promise<Played> {
    const id = randomUUID()
    const text = `case-${this.cases.push(one) - 1}-`
    const slug = this.slugs.get(`${nameOf(one)} ${one.cutAfter === null ? 'whole' : 'cut'}`) as string
    const asked = isToolCase(one) ? toolInterfaces[one.through].ask : interfaces[one.through].ask
    const { path, body, headers }: Asked = asked(slug, text)
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
    return { one, id, ...judged(one, response.status, await response.text()) }
  }

  private async booked(ids: string[]): Promise<Map<string, Booked>> {
    const { rows } = await this.ledger.query<Booked & { id: string }>(ROWS, [ids])
    return new Map(rows.map(({ id, ...row }) => [id, row]))
  }
}

const ROWS = `
  select request_id::text as id, status, source, tokens_used::int as tokens
  from usage_logs where request_id::text = any($1)`

type Judged = { faults: string[]; tokens: number | null }

/** What is wrong with an answer. */
function judged(one: Case, status: number, text: string): Judged {
  try {
    return isToolCase(one)
      ? judgedTool(one, status, text)
      : { faults: toldFaults(one, status, text), tokens: null }
  } catch (error) {
    const fault = `what was answered cannot be read (${(error as Error).message}): ${text.slice(0, 500)}`
    return { faults: [fault], tokens: null }
  }
}

function judgedTool(one: ToolCase, status: number, text: string): Judged {
  const { told, tokens } = toolInterfaces[one.through].read(status, text)
  return { faults: differences(told, expectedToolTold(one), text), tokens }
}

function toldFaults(one: ModelCase, status: number, text: string): string[] {
  const told = interfaces[one.through].read(status, text)
  const expected = expectedTold(one)
  const shown = { ...told, usage: expected?.usage && told.usage, calls: told.calls.map(withoutMadeId(one)) }
  return differences(shown, expected, text)
}

/** What a caller was told and should not have been. Nothing is expected of what broke off but that it is not whole. */
function differences(told: { isWhole: boolean }, expected: object | null, text: string): string[] {
  if (expected === null) return told.isWhole ? ['an answer that broke off became a whole one'] : []
  if (isDeepStrictEqual(told, expected)) return []
  return [`told ${JSON.stringify(told)}\ninstead of ${JSON.stringify(expected)}\nby ${text.slice(0, 500)}`]
}

/** Google's calls have no ids of their own: any that is there will do. */
const withoutMadeId =
  ({ adapter }: ModelCase) =>
  (call: Told['calls'][number]) =>
    adapter === 'google' && typeof call.id === 'string' && call.id !== '' && call.id !== 'undefined'
      ? { ...call, id: null }
      : call
