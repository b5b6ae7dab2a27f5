import { randomInt } from 'node:crypto'
import { call, type Received } from './client'
import { newAdminSession, unique } from './people'
import { until } from './until'

export interface TestTool {
  id: string
  slug: string
  name: string
}

/** A tool of the test's own, made by the admin. */
export async function newTool(apiEndpoint: string, more: Record<string, unknown> = {}): Promise<TestTool> {
  const { token } = await adminSession()
  const made = await call<TestTool>('POST', '/admin/tools', {
    token,
    body: { name: unique('Tool'), description: 'A tool of a test.', api_endpoint: apiEndpoint, ...more },
  })
  if (made.status !== 201) throw new Error(`a tool answered ${made.status}: ${made.text}`)
  return made.data
}

/** A plan of the test's own: with room for many calls at once, so that only its tokens limit them. */
export async function newPlan(tokenLimit: number, more: Record<string, unknown> = {}): Promise<string> {
  const { token } = await adminSession()
  const name = unique('plan')
  const plan = {
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
    ...more,
  }
  const made = await call('POST', '/api/plans', { token, body: plan })
  if (made.status !== 201) throw new Error(`a plan answered ${made.status}: ${made.text}`)
  return name
}

let session: Promise<{ token: string; refreshToken: string }> | undefined

/** One session of the admin for a whole test file. */
export function adminSession(): Promise<{ token: string; refreshToken: string }> {
  session ??= newAdminSession()
  return session
}

/** A ledger check by the admin, once no other one is under way: a hub makes one at a time, whoever asks. */
export async function checkLedgerNow<Data>(): Promise<Received<Data>> {
  const { token } = await adminSession()
  const check = async () => {
    const answer = await call<Data>('POST', '/admin/ledger/check', { token })
    return answer.status === 409 ? null : answer
  }
  return (await until('a ledger check', check)) as Received<Data>
}
