import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newPlan, newTool, type TestTool } from '../support/catalogue'
import { call } from '../support/client'
import { newSubscriber, newUser } from '../support/people'
import { startUpstream, type Upstream } from '../support/upstream'
import { CALLERS, type Caller, type Cast, castOfCallers } from './callers'
import { CANCEL, graphql, INVOKE, SUBSCRIBE, SUMMARY } from './hub-operations'

let upstream: Upstream
let echo: TestTool
let dear: TestTool
let cast: Cast

beforeAll(async () => {
  upstream = await startUpstream()
  const priced = { metering: { mode: 'fixed', tokens: 10 } }
  const input_schema = { type: 'object', required: ['text'], properties: { text: { type: 'string' } } }
  echo = await newTool(`${upstream.url}/echo`, { ...priced, input_schema })
  dear = await newTool(`${upstream.url}/echo`, { ...priced, minimum_plan: 'enterprise' })
  cast = await castOfCallers()
  for (const who of ['owner', 'other', 'admin'] as const)
    await graphql(SUBSCRIBE, { plan: 'pro' }, cast.headers[who])
})
afterAll(() => upstream.close())

const bearer = ({ token }: { token: string }) => ({ authorization: `Bearer ${token}` })
const hello = { text: 'hello' }
const DONE = 'done'

/** What each caller is answered: as in the versioned API, a key reads and invokes and changes no plan. */
const RULES: [string, string, () => Record<string, unknown>, Record<Caller, string>][] = [
  ['invokeTool', INVOKE, () => ({ tool: echo.slug, input: hello }), all(DONE, DONE)],
  ['usageSummary', SUMMARY, () => ({}), all(DONE, DONE)],
  ['subscribe', SUBSCRIBE, () => ({ plan: 'pro' }), all(DONE, 'FORBIDDEN')],
  ['cancelSubscription', CANCEL, () => ({}), all(DONE, 'FORBIDDEN')],
]

function all(session: string, key: string): Record<Caller, string> {
  return {
    anonymous: 'UNAUTHORIZED',
    owner: session,
    other: session,
    "owner's key": key,
    "admin's key": key,
    admin: session,
  }
}

test.each(RULES)('who may: %s', async (_name, query, variables, rules) => {
  const found: Record<string, string> = {}
  for (const caller of CALLERS) {
    const { error } = await graphql(query, variables(), cast.headers[caller])
    found[caller] = error?.extensions.name ?? DONE
  }
  expect(found).toEqual(rules)
})

describe('over the same operations as the versioned API', () => {
  test('a call: output, price, and a row under the id that the answer carries', async () => {
    const person = await newSubscriber('free')
    const { data, headers } = await graphql(INVOKE, { tool: echo.id, input: hello }, bearer(person))
    expect(data).toMatchObject({ output: { echo: hello }, tokensUsed: 10 })
    expect(data?.requestId).toBe(headers.get('x-request-id'))
    const rows = await call<{ request_id: string }[]>('GET', '/usage', { token: person.token })
    expect(rows.data.map((row) => row.request_id)).toEqual([data?.requestId])
    const summary = await graphql(SUMMARY, {}, bearer(person))
    expect(summary.data).toEqual({
      totalTokens: 10,
      totalInvocations: 1,
      byTool: [{ toolId: echo.id, toolName: echo.name, tokensUsed: 10, invocationCount: 1 }],
    })
  })

  test('an input written into the document itself', async () => {
    const person = await newSubscriber('free')
    const query = `mutation { invokeTool(tool: "${echo.slug}", input: {text: "hi"}) { output } }`
    expect((await graphql(query, {}, bearer(person))).data).toEqual({ output: { echo: { text: 'hi' } } })
  })

  test('an idempotency key stands for one call, through either door', async () => {
    const person = await newSubscriber('free')
    const before = upstream.calls('/echo')
    const sent = { tool: echo.slug, input: hello, key: crypto.randomUUID() }
    const first = await graphql(INVOKE, sent, bearer(person))
    expect((await graphql(INVOKE, sent, bearer(person))).data).toEqual(first.data)
    const again = await call('POST', `/tools/${echo.slug}/invoke`, {
      token: person.token,
      body: { input: hello },
      headers: { 'idempotency-key': sent.key },
    })
    expect(again.data).toMatchObject({ request_id: first.data?.requestId, tokens_used: 10 })
    expect(upstream.calls('/echo')).toBe(before + 1)
    const other = await graphql(INVOKE, { ...sent, input: { text: 'other' } }, bearer(person))
    expect(other.error?.extensions).toMatchObject({ name: 'IDEMPOTENCY_MISMATCH', statusCode: 422 })
  })

  test('choosing, changing and cancelling a plan', async () => {
    const person = await newUser()
    const chosen = await graphql(SUBSCRIBE, { plan: 'pro' }, bearer(person))
    expect(chosen.data).toMatchObject({ plan: 'pro', status: 'active', cancelAtPeriodEnd: false })
    const lower = await graphql(SUBSCRIBE, { plan: 'free' }, bearer(person))
    expect(lower.data).toMatchObject({ plan: 'pro', pendingPlan: 'free' })
    const cancelled = await graphql(CANCEL, {}, bearer(person))
    expect(cancelled.data).toMatchObject({ status: 'cancelled', cancelAtPeriodEnd: true, pendingPlan: null })
    const { data } = await call('GET', '/subscriptions/current', { token: person.token })
    expect(data).toMatchObject({ id: cancelled.data?.id, plan: 'pro', status: 'cancelled' })
  })
})

describe('refusals: the code, status and details of the versioned API', () => {
  const refused = async (query: string, variables: Record<string, unknown>, who: { token: string }) =>
    (await graphql(query, variables, bearer(who))).error?.extensions

  test('no such tool, a plan too low, a wrong input, a spent plan', async () => {
    const person = await newSubscriber('free')
    const invoke = (tool: string, input: unknown = hello) => refused(INVOKE, { tool, input }, person)
    expect(await invoke('no-such-tool')).toMatchObject({ name: 'NOT_FOUND', statusCode: 404 })
    expect(await invoke(dear.slug)).toMatchObject({ name: 'PLAN_UPGRADE_REQUIRED', statusCode: 403 })
    expect(await invoke(echo.slug, { text: 5 })).toMatchObject({
      name: 'VALIDATION_ERROR',
      data: { details: [{ field: 'input.text' }] },
    })
    const poor = await newSubscriber(await newPlan(5))
    expect(await refused(INVOKE, { tool: echo.slug, input: hello }, poor)).toMatchObject({
      name: 'TOKEN_LIMIT_EXCEEDED',
      data: { details: [{ token_limit: 5 }] },
    })
  })

  test('a tool that fails costs nothing', async () => {
    const broken = await newTool(`${upstream.url}/status/500`)
    const person = await newSubscriber('free')
    const found = await refused(INVOKE, { tool: broken.slug, input: {} }, person)
    expect(found).toMatchObject({ name: 'TOOL_BAD_RESPONSE', statusCode: 502 })
    expect((await graphql(SUMMARY, {}, bearer(person))).data).toMatchObject({
      totalTokens: 0,
      totalInvocations: 1,
    })
  })

  test.each([
    ['an input that is a list', INVOKE, { tool: 'x', input: [] }, 'input'],
    ['an input that is text', INVOKE, { tool: 'x', input: 'x' }, 'input'],
    ['half a character', INVOKE, { tool: 'x', input: { text: '\ud800' } }, 'input.text'],
    [
      'an idempotency key with a line in it',
      INVOKE,
      { tool: 'x', input: {}, key: 'a\nb' },
      'Idempotency-Key',
    ],
    ['a plan that there is not', SUBSCRIBE, { plan: 'no-such-plan' }, 'plan'],
    ['half a character as a plan', SUBSCRIBE, { plan: '\udc00' }, 'plan'],
    ['a day that there is not', SUMMARY, { from: '2026-02-30' }, 'startDate'],
    ['a range that ends before it starts', SUMMARY, { from: '2026-02-02', to: '2026-02-01' }, 'endDate'],
  ])('%s is told by its field', async (_name, query, variables, field) => {
    const person = await newUser()
    expect(await refused(query, variables, person)).toMatchObject({
      name: 'VALIDATION_ERROR',
      statusCode: 400,
      data: { details: [{ field }] },
    })
  })

  test('NUL within the document itself is refused as well', async () => {
    const person = await newUser()
    const query = (field: string) => `mutation { ${field} }`
    const invoked = query('invokeTool(tool: "x", input: {text: "a\\u0000b"}) { output }')
    expect(await refused(invoked, {}, person)).toMatchObject({ name: 'VALIDATION_ERROR' })
    expect(
      await refused(query('invokeTool(tool: "\\u0000", input: {}) { output }'), {}, person),
    ).toMatchObject({
      name: 'NOT_FOUND',
    })
    expect(await refused(query('subscribe(plan: "\\u0000") { id }'), {}, person)).toMatchObject({
      name: 'VALIDATION_ERROR',
    })
  })

  test('there is nothing to cancel', async () => {
    const found = await refused(CANCEL, {}, await newUser())
    expect(found).toMatchObject({ name: 'NOT_FOUND', statusCode: 404 })
  })
})
