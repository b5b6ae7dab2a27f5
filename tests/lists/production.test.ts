import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { type OwnHub, ownHub } from '../support/own-hub'

// What only shows in production, or by many requests: errors that tell the schema, and callers without a rate.

jest.setTimeout(120_000)

const RATE = 30
let own: OwnHub

beforeAll(async () => {
  own = await ownHub({ APP_ENV: 'production', GENERATED_API_RATE: String(RATE) })
})

afterAll(() => own?.close())

const graphql = (query: string, variables?: object, headers: Record<string, string> = {}) =>
  own.ask('POST', '/api/graphql', { body: { query, variables }, headers })

describe('errors of GraphQL name nothing that the caller did not', () => {
  test.each<[string, object?]>([
    ['{ User }'],
    ['{ Userss { totalDocs } }'],
    ['{ Users(limi: 5) { totalDocs } }'],
    ['{ Users { totalDoc } }'],
    ['{ Users(where: { emai: { equals: "x" } }) { totalDocs } }'],
    ['{ Users(where: { email: { equal: "x" } }) { totalDocs } }'],
    ['query ($w: User_wher) { Users(where: $w) { totalDocs } }'],
    ['query ($w: User_where) { Users(where: $w) { totalDocs } }', { w: { emai: { equals: 'x' } } }],
    ['query ($r: User_role_Input) { Users(where: { role: { equals: $r } }) { totalDocs } }', { r: 'admi' }],
    ['{ Users(where: { role: { equals: admi } }) { totalDocs } }'],
    ['{ ... on Quer { __typename } }'],
    ['mutation { loginUser(emai: "x", password: "y") { exp } }'],
  ])('%s', async (...[query, variables]: [string, object?]) => {
    const answer = await graphql(query, variables)
    expect(answer.text).toContain('"errors"')
    expect(answer.text).not.toMatch(/did you mean/i)
  })
})

describe('the generated API has a rate', () => {
  const until429 = async (most: number, ask: (at: number) => ReturnType<OwnHub['ask']>) => {
    for (let at = 1; at <= most; at += 1) {
      const answer = await ask(at)
      if (answer.status === 429) return { at, answer }
    }
    return null
  }

  test('by user, whatever the address, REST and GraphQL together', async () => {
    const token = own.admin
    const ask = (at: number) =>
      at % 2
        ? own.ask('GET', '/api/users?limit=1', { token })
        : own.ask('POST', '/api/graphql', { token, body: { query: '{ meUser { exp } }' } })
    const refused = await until429(RATE * 2, ask)
    expect(refused?.at).toBe(RATE + 1)
    for (const answer of [refused?.answer, await ask(1), await ask(2)]) {
      expect(answer?.status).toBe(429)
      expect(Number(answer?.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(answer?.text).toContain('RATE_LIMITED')
    }
    const v1 = await own.ask('GET', '/api/v1/users/me', { token })
    expect(v1.status).toBe(200)
  })

  test('by address, whoever asks', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.9' }
    const refused = await until429(RATE * 3, () => own.ask('GET', '/api/access', { headers }))
    expect(refused?.at).toBe(RATE * 2 + 1)
    const other = await own.ask('GET', '/api/access', { headers: { 'x-forwarded-for': '203.0.113.10' } })
    expect(other.status).toBe(200)
  })
})
