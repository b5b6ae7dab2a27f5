import { randomBytes } from 'node:crypto'
import type { Visitor } from './visitor'

const TEXT =
  'The hub meters every call of a tool. A call is admitted only while tokens are left in the billing period. ' +
  'What a call used is charged once, and a call that fails costs nothing. An admin sees all of it in the panel.'
const MOST_CALLS = 200

/** The main job of a hub, as a new user would do it. Throws at the first step with an unexpected response. */
export async function runTour(visitor: Visitor): Promise<void> {
  const accessToken = await signUp(visitor)
  const key = await subscribe(visitor)
  const tools = await lookAround(visitor)
  await invokeUntilSpent(visitor, tools)
  await readUsage(visitor)
  await upgradeAndCancel(visitor, tools, { accessToken, key })
}

/** Returns the access token. */
async function signUp(visitor: Visitor): Promise<string> {
  const email = `tour-${Date.now()}-${randomBytes(3).toString('hex')}@example.com`
  const password = `Tour-${randomBytes(6).toString('hex')}-A1`
  await visitor.step('Register', 'POST', '/auth/register', 201, { name: 'A visitor', email, password })
  const pair = await visitor.step('Log in', 'POST', '/auth/login', 200, { email, password })
  const accessToken = String(pair.data.access_token)
  visitor.signInWith(accessToken)
  return accessToken
}

/** Returns the API key. */
async function subscribe(visitor: Visitor): Promise<string> {
  await visitor.step('The plans', 'GET', '/subscriptions/plans', 200)
  await visitor.step(
    'Without a subscription a tool says how to get one',
    'POST',
    '/tools/count-tokens/invoke',
    403,
    {
      input: { text: TEXT },
    },
  )
  await visitor.step('Subscribe to free', 'POST', '/subscriptions/subscribe', 200, { plan: 'free' })
  const key = await visitor.step('Make an API key', 'POST', '/users/me/api-keys', 201, { name: 'tour' })
  visitor.say('From here on every call is signed in with the key, but for changes of the plan.')
  visitor.signInWith(String(key.data.key))
  return String(key.data.key)
}

type Tool = { slug: string; input: object; opened: boolean }

async function lookAround(visitor: Visitor): Promise<Tool[]> {
  const list = await visitor.step('The tools', 'GET', '/tools?limit=100', 200)
  const found: Tool[] = []
  for (const entry of list.data as unknown as { id: string; slug: string; available: boolean }[]) {
    if (!SAMPLES.has(entry.slug)) continue
    const tool = await visitor.step(`About ${entry.slug}`, 'GET', `/tools/${entry.slug}`, 200)
    found.push({
      slug: entry.slug,
      input: { ...(tool.data.example as object), text: TEXT },
      opened: entry.available,
    })
  }
  if (found.filter((tool) => tool.opened).length === 0)
    throw new Error('The free plan opens none of the sample tools')
  return found
}

const SAMPLES = new Set(['count-tokens', 'detect-language', 'keywords', 'summarize'])

async function invokeUntilSpent(visitor: Visitor, tools: Tool[]): Promise<void> {
  for (const tool of tools.filter((one) => !one.opened)) {
    await visitor.step(`${tool.slug} is above the free plan`, 'POST', `/tools/${tool.slug}/invoke`, 403, {
      input: tool.input,
    })
  }
  const open = tools.filter((tool) => tool.opened)
  for (let calls = 0; calls < MOST_CALLS; calls += 1) {
    const tool = open[calls % open.length] as Tool
    const answer = await visitor.step(
      `Invoke ${tool.slug}`,
      'POST',
      `/tools/${tool.slug}/invoke`,
      [200, 403],
      {
        input: tool.input,
      },
    )
    if (answer.status === 403 && answer.error?.code === 'TOKEN_LIMIT_EXCEEDED') return
    if (answer.status === 403)
      throw new Error(`TOKEN_LIMIT_EXCEEDED was expected, the hub answered ${answer.error?.code}`)
  }
  throw new Error(`The free plan's limit refused none of ${MOST_CALLS} calls`)
}

async function readUsage(visitor: Visitor): Promise<void> {
  await visitor.step('The usage history', 'GET', '/usage?limit=5', 200)
  await visitor.step('The summary', 'GET', '/usage/summary', 200)
  await visitor.step('The subscription', 'GET', '/subscriptions/current', 200)
}

/** The plan is changed with the access token, because a key may not change it. */
async function upgradeAndCancel(
  visitor: Visitor,
  tools: Tool[],
  { accessToken, key }: { accessToken: string; key: string },
): Promise<void> {
  await visitor.step('A key may not change the plan', 'POST', '/subscriptions/subscribe', 403, {
    plan: 'pro',
  })
  visitor.signInWith(accessToken)
  await visitor.step('Upgrade to pro', 'POST', '/subscriptions/subscribe', 200, { plan: 'pro' })
  visitor.signInWith(key)
  for (const tool of tools) {
    await visitor.step(`Invoke ${tool.slug} again`, 'POST', `/tools/${tool.slug}/invoke`, 200, {
      input: tool.input,
    })
  }
  visitor.signInWith(accessToken)
  await visitor.step('Cancel', 'POST', '/subscriptions/cancel', 200)
  await visitor.step('Usable until the period ends', 'GET', '/subscriptions/current', 200)
}
