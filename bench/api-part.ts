import { runLoad } from './children'
import { INVOCATION } from './hub-content'
import { askHub } from './hub-process'
import { type Outcome, rawRequest } from './load-job'
import type { Options } from './options'
import type { Stage } from './stage'
import { median } from './statistics'
import { printTable, tenth, times, whole } from './tables'

const CONNECTIONS = 50
const LOGINS_AT_ONCE = 4
/** So many people at as many addresses sign in that none of them meets a limit. */
const PEOPLE = 40
const MOST_LOGIN_P95_MS = 200

type Measurement = { name: string; url: string; connections: number; requests: string[]; inTurn?: boolean }

/** The calls that a dashboard lives on, next to the bare proxy's invocation; in turn, over several rounds. */
export async function runApiPart(stage: Stage, options: Options): Promise<void> {
  const measurements = await listMeasurements(stage)
  const outcomes = new Map<string, Outcome[]>(measurements.map(({ name }) => [name, []]))
  for (let round = 0; round < options.rounds; round += 1)
    for (const { name, ...job } of measurements) {
      const span = {
        mode: 'loop',
        warmUpMs: round === 0 ? 2_000 : 500,
        durationMs: options.durationMs,
      } as const
      outcomes.get(name)?.push(await runLoad(stage.load, { ...job, ...span }))
      process.stdout.write('.')
    }
  process.stdout.write('\n')
  const rows = [...outcomes].map(([name, all]) => toRow(name, all))
  printTable(
    `The API (${CONNECTIONS} connections; medians of ${options.rounds} rounds; ms)`,
    ['call', 'requests/s', 'p50', 'p95', 'p99', 'errors'],
    rows,
  )
  const rate = (outcome: Outcome | undefined) => (outcome ? outcome.answered / outcome.seconds : Number.NaN)
  const bare = outcomes.get('bare proxy') ?? []
  const ratio = median((outcomes.get('invoke') ?? []).map((one, round) => rate(one) / rate(bare[round])))
  const login = median(
    (outcomes.get(`login, ${LOGINS_AT_ONCE} at a time`) ?? []).map(({ latency }) => latency.p95),
  )
  const verdict = login < MOST_LOGIN_P95_MS ? 'met' : 'not met'
  process.stdout.write(
    `invoke / bare proxy: ${times(ratio)} (aim: ≥ 0.70 ×)\n` +
      `login p95 at ${LOGINS_AT_ONCE} at a time: ${tenth(login)} ms (aim: < ${MOST_LOGIN_P95_MS} ms, ${verdict})\n`,
  )
}

async function listMeasurements({ hub, bare, keys }: Stage): Promise<Measurement[]> {
  const people = Array.from({ length: PEOPLE }, (_, n) => ({
    name: 'Somebody',
    email: `somebody-${n}@example.com`,
    password: 'Correct-horse-1',
  }))
  for (const body of people) await askHub(hub, 'POST', '/api/v1/auth/register', { body })
  const logins = people.map(({ email, password }, n) =>
    rawRequest('POST', '/api/v1/auth/login', { body: { email, password }, address: `198.18.0.${n}` }),
  )
  const signedIn = people.slice(0, LOGINS_AT_ONCE)
  const tokens = await Promise.all(signedIn.map(({ email, password }) => signIn(hub, email, password)))
  const asUser = (path: string) => tokens.map((token) => rawRequest('GET', path, { token }))
  const asKey = (path: string) => keys.map((token) => rawRequest('POST', path, { token, body: INVOCATION }))
  const ofHub = { url: hub.url, connections: CONNECTIONS }
  const withKey = keys.map((token) => rawRequest('GET', '/api/v1/usage/summary', { token }))
  return [
    {
      name: `login, ${LOGINS_AT_ONCE} at a time`,
      url: hub.url,
      connections: LOGINS_AT_ONCE,
      requests: logins,
      inTurn: true,
    },
    { name: 'GET /users/me', ...ofHub, requests: asUser('/api/v1/users/me') },
    { name: 'GET /tools', ...ofHub, requests: asUser('/api/v1/tools') },
    { name: 'invoke', ...ofHub, requests: asKey('/api/v1/tools/takes-0/invoke') },
    { name: 'bare proxy', url: bare.url, connections: CONNECTIONS, requests: asKey('/0') },
    { name: 'GET /usage/summary', ...ofHub, requests: withKey },
  ]
}

async function signIn(hub: Stage['hub'], email: string, password: string): Promise<string> {
  const body = { email, password }
  const answer = await askHub<{ data: { access_token: string } }>(hub, 'POST', '/api/v1/auth/login', { body })
  return answer.data.access_token
}

function toRow(name: string, all: Outcome[]): string[] {
  const of = (pick: (one: Outcome) => number) => median(all.map(pick))
  const errors = all.flatMap((one) => Object.entries(one.errors)).map(([what, count]) => `${what}: ${count}`)
  return [
    name,
    whole(of((one) => one.answered / one.seconds)),
    tenth(of(({ latency }) => latency.p50)),
    tenth(of(({ latency }) => latency.p95)),
    tenth(of(({ latency }) => latency.p99)),
    errors.join(', ') || '0',
  ]
}
