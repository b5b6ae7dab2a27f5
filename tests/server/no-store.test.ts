import { beforeAll, expect, test } from '@jest/globals'
import { type Answer, ask, type Cast, castOfCallers } from '../access/callers'

// Answers that a cache keeps: somebody else, or the next person at the same browser, would read them.

let cast: Cast

beforeAll(async () => {
  cast = await castOfCallers()
})

const cacheControl = ({ headers }: Answer) => headers.get('cache-control')

test.each([
  ['GET', '/api/users'],
  ['GET', '/api/users/me'],
  ['GET', '/api/access'],
  ['GET', '/api/usage-logs?limit=-1'],
  ['GET', '/api/nothing-here'],
  ['GET', '/api/users/not-an-id'],
  ['GET', '/api/media/file/nothing.webp'],
  ['GET', '/api/graphql'],
  ['POST', '/api/users/login'],
  ['PATCH', '/api/plans'],
  ['OPTIONS', '/api/users'],
  ['GET', '/api/users/%ff'],
  ['PROPFIND', '/api/users'],
  ['GET', '//api/users'],
])('%s %s is kept by no cache', async (method, path) => {
  for (const caller of ['anonymous', 'owner', 'admin'] as const)
    expect(cacheControl(await ask(method, path, { headers: cast.headers[caller] }))).toBe('no-store')
})

test.each(['{ Users { totalDocs } }', '{ nope }', '{ Users(limit: 5000) { totalDocs } }'])(
  'GraphQL: %s',
  async (query) => {
    const answer = await ask('POST', '/api/graphql', { headers: cast.headers.owner, body: { query } })
    expect(cacheControl(answer)).toBe('no-store')
  },
)

test('an answer that the panel leaves unread does not keep its connection busy, and is kept by no cache either', async () => {
  const asked = { headers: cast.headers.admin, body: { value: { open: true } } }
  const answer = await ask('POST', '/api/payload-preferences/an-unread-answer', asked)
  expect([answer.status, cacheControl(answer)]).toEqual([200, 'private, no-cache'])
})
