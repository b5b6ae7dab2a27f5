import { randomBytes, randomInt } from 'node:crypto'
import type { OwnHub, Reply } from '../../tests/support/own-hub'

export type Account = { id: string; email: string; password: string; token: string }
export type Caller = Account & { key: string }
export type Tool = { id: string; slug: string; name: string }

/** A name that nothing else has. */
export const unique = (prefix: string) => `${prefix}-${randomBytes(6).toString('hex')}`

/** A password that no list of common ones has. */
export const newPassword = () => `Xq7!${randomBytes(9).toString('hex')}`

/** An IPv4 address that no other probe uses, and no other test of a run. */
export const newAddress = () => `203.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`

/** Throws unless a response has the wanted status; for what a probe needs before it can be played. */
export function must(what: string, reply: Reply, ...statuses: number[]): Reply {
  if (statuses.includes(reply.status)) return reply
  throw new Error(`${what} got ${reply.status}: ${reply.text.slice(0, 300)}`)
}

/** Registers somebody whose email address counts as confirmed. */
export async function register(own: OwnHub, password = newPassword()): Promise<Omit<Account, 'token'>> {
  const email = `${unique('person')}@example.org`
  const made = await own.ask('POST', '/api/v1/auth/register', { body: { name: 'Somebody', email, password } })
  must('a registration', made, 201)
  await own.database.pool.query('update users set email_confirmed_at = now() where email = $1', [email])
  return { id: (made.body.data as { id: string }).id, email, password }
}

/** Registers somebody and signs them in. */
export async function newAccount(own: OwnHub, password?: string): Promise<Account> {
  const account = await register(own, password)
  return { ...account, token: await own.signIn(account.email, account.password) }
}

/** Another admin, signed in after they became one. */
export async function newAdmin(own: OwnHub): Promise<Account> {
  const account = await register(own)
  await own.database.pool.query(`update users set role = 'admin' where id = $1`, [account.id])
  return { ...account, token: await own.signIn(account.email, account.password) }
}

/** A sign-in, from an address of its own unless one is given. */
export function tryLogin(
  own: OwnHub,
  email: string,
  password: string,
  address = newAddress(),
): Promise<Reply> {
  const headers = { 'x-forwarded-for': address }
  return own.ask('POST', '/api/v1/auth/login', { body: { email, password }, headers })
}

/** A free plan with room for many calls at once. Returns its name. */
export async function newPlan(own: OwnHub, tokenLimit: number): Promise<string> {
  const name = unique('plan')
  const body = {
    name,
    title: name,
    tier: 'enterprise',
    rank: randomInt(100, 1_000_000_000),
    priceCents: 0,
    currency: 'USD',
    tokenLimit,
    features: [],
    requestsPerMinute: 60_000,
    burst: 5_000,
    callsAtOnce: 1_000,
    selfService: true,
  }
  must('a plan', await own.ask('POST', '/api/plans', { token: own.admin, body }), 201)
  return name
}

/** Somebody on a plan of their own, with an API key. */
export async function newCaller(own: OwnHub, tokenLimit = 10_000_000): Promise<Caller> {
  const [account, plan] = await Promise.all([newAccount(own), newPlan(own, tokenLimit)])
  const { token } = account
  must(
    'a subscription',
    await own.ask('POST', '/api/v1/subscriptions/subscribe', { token, body: { plan } }),
    200,
  )
  return { ...account, key: await newKey(own, token) }
}

/** An API key of whoever has this token. */
export async function newKey(own: OwnHub, token: string): Promise<string> {
  const made = await own.ask('POST', '/api/v1/users/me/api-keys', { token, body: { name: 'a key' } })
  return (must('an API key', made, 201).body.data as { key: string }).key
}

/** A tool, made by the admin: of the adapter `http` unless `more` says otherwise. */
export async function newTool(
  own: OwnHub,
  endpoint: string,
  more: Record<string, unknown> = {},
): Promise<Tool> {
  const body = { name: unique('Tool'), description: 'Attacked.', api_endpoint: endpoint, retries: 0, ...more }
  const made = await own.ask('POST', '/api/v1/admin/tools', { token: own.admin, body })
  return must('a tool', made, 201).body.data as Tool
}

/** A chat model at this base address, with a maximum of 2,000 output tokens. */
export function newModel(own: OwnHub, endpoint: string, more: Record<string, unknown> = {}): Promise<Tool> {
  const { model, ...rest } = more
  const settings = { name: 'the-model', max_output_tokens: 2_000, ...(model as object | undefined) }
  return newTool(own, endpoint, { adapter: 'openai', model: settings, ...rest })
}

export function invoke(own: OwnHub, tool: Tool, caller: Caller, input: unknown): Promise<Reply> {
  return own.ask('POST', `/api/v1/tools/${tool.slug}/invoke`, { key: caller.key, body: { input } })
}

/** One GraphQL document, by an access token or an API key. */
export function graphql(own: OwnHub, query: string, who: { token?: string; key?: string }): Promise<Reply> {
  return own.ask('POST', '/api/graphql', { body: { query }, ...who })
}

/** The status of a response and the beginning of its text, as evidence; without tokens. */
export const shown = ({ status, text }: Reply) =>
  `${status} ${text
    .slice(0, 1_000)
    .replace(/eyJ[\w.-]+|jhr_[\w-]+/g, '***')
    .slice(0, 240)}`
