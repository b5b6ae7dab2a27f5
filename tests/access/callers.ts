import pg from 'pg'
import { type Sent, someAddress } from '../support/client'
import { newAdminSession, newKey, newUser, type Person } from '../support/people'
import { hubUrl } from '../support/run'

/** Who asks. The documents of the table belong to the owner, or to nobody. */
export const CALLERS = ['anonymous', 'owner', 'other', "owner's key", "admin's key", 'admin'] as const
export type Caller = (typeof CALLERS)[number]

export interface Cast {
  owner: Person
  other: Person
  adminId: string
  headers: Record<Caller, Record<string, string>>
}

/** Fresh people, and the credential that each of the callers shows. */
export async function castOfCallers(): Promise<Cast> {
  const [owner, other, admin] = await Promise.all([newUser(), newUser(), newAdminSession()])
  const [ownerKey, adminKey] = await Promise.all([newKey(owner), newKey(admin)])
  const me = await ask('GET', '/api/users/me', { token: admin.token })
  return {
    owner,
    other,
    adminId: (me.body as { user: { id: string } }).user.id,
    headers: {
      anonymous: {},
      owner: bearer(owner.token),
      other: bearer(other.token),
      "owner's key": { 'x-api-key': ownerKey.key },
      "admin's key": { 'x-api-key': adminKey.key },
      admin: bearer(admin.token),
    },
  }
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

export interface Answer {
  status: number
  headers: Headers
  text: string
  /** The parsed body; undefined where it is no JSON. */
  body: unknown
}

/** Sends one request to the generated API and reads all of its answer. Every answer is looked at for leaks. */
export async function ask(method: string, path: string, sent: Sent = {}): Promise<Answer> {
  const isForm = sent.body instanceof FormData
  const response = await fetch(`${hubUrl()}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      'x-forwarded-for': someAddress(),
      ...(sent.body !== undefined && !isForm ? { 'content-type': 'application/json' } : {}),
      ...(sent.token ? { authorization: `Bearer ${sent.token}` } : {}),
      ...sent.headers,
    },
    body: isForm ? (sent.body as FormData) : ((sent.raw as BodyInit | undefined) ?? jsonOf(sent.body)),
  })
  const text = await response.text()
  refuseLeaks(`${method} ${path}`, response.status, text)
  return { status: response.status, headers: response.headers, text, body: parsed(text) }
}

const jsonOf = (body: unknown) => (body === undefined ? undefined : JSON.stringify(body))

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What no answer may hold, whoever asks and whatever for: a failure of the hub's own, its inner life, a hash. */
const LEAKS: [string, RegExp][] = [
  ['a stack trace', /node_modules|\bat \S+ \(|\.ts:\d+|\.js:\d+/],
  ['SQL', /Failed query|select "|insert into|update "|relation "|syntax error at or near|drizzle/i],
  ['a bcrypt hash', /\$2[aby]\$\d\d\$/],
]

function refuseLeaks(what: string, status: number, text: string): void {
  if (status >= 500) throw new Error(`${what} answered ${status}: ${text.slice(0, 400)}`)
  const leak = LEAKS.find(([, pattern]) => pattern.test(text))
  if (leak) throw new Error(`${what} shows ${leak[0]}: ${text.slice(0, 600)}`)
  // A tool that failed is nothing of the hub's own.
  if (/"statusCode":5\d\d|Something went wrong/.test(text) && !/"name":"TOOL_/.test(text))
    throw new Error(`${what} failed inside: ${text.slice(0, 400)}`)
}

/** The database of the hub under test, for documents and for looking at what a call has really done. */
export function hubDatabase(): pg.Pool {
  const connectionString = process.env.HUB_TEST_HUB_DATABASE_URL
  if (!connectionString) throw new Error('HUB_TEST_HUB_DATABASE_URL is not set: run the tests by `npm test`')
  return new pg.Pool({ connectionString, max: 4 })
}
