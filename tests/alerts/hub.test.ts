import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type OwnHub, ownHub } from '../support/own-hub'
import { startUpstream, type Upstream } from '../support/upstream'
import { expectedSignature, SIGNING_SECRET, startReceiver } from './setup'

let own: OwnHub
let upstream: Upstream
let receiver: Awaited<ReturnType<typeof startReceiver>>

beforeAll(async () => {
  own = await ownHub()
  upstream = await startUpstream()
  receiver = await startReceiver()
})
afterAll(async () => {
  await own.close()
  await upstream.close()
  await receiver.close()
})

/** Waits until `look` finds something. */
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`it did not come:\n${own.hub.output().slice(-2_000)}`)
}

/** From the call that crosses the limit to the webhook, the mails and the panel, by the hub's own timers. */
test('a running hub tells of a limit that is reached', async () => {
  const body = {
    alertAddresses: ['ops@hub.test'],
    webhookUrl: receiver.url,
    webhookSecret: SIGNING_SECRET,
    hubName: 'Told Hub',
  }
  expect((await own.ask('POST', '/api/globals/settings', { token: own.admin, body })).status).toBe(200)
  const tool = {
    name: 'Costly',
    description: 'x',
    api_endpoint: `${upstream.url}/reports/850`,
    max_tokens: 900,
  }
  await own.ask('POST', '/api/v1/admin/tools', { token: own.admin, body: tool })
  const { email, token } = await own.person()
  await own.ask('POST', '/api/v1/subscriptions/subscribe', { token, body: { plan: 'free' } })
  const called = await own.ask('POST', '/api/v1/tools/costly/invoke', { token, body: { input: {} } })
  expect(called.status).toBe(200)

  const boasting = { ...tool, name: 'Boasting', max_tokens: 100 }
  await own.ask('POST', '/api/v1/admin/tools', { token: own.admin, body: boasting })
  const other = (await own.person()).token
  await own.ask('POST', '/api/v1/subscriptions/subscribe', { token: other, body: { plan: 'free' } })
  await own.ask('POST', '/api/v1/tools/boasting/invoke', { token: other, body: { input: {} } })

  const told = (type: string) =>
    until(async () =>
      receiver.received.find(({ body }) => (JSON.parse(body) as { type: string }).type === type),
    )
  expect(JSON.parse((await told('alert.report-above-bound')).body)).toMatchObject({
    data: { tool: 'Boasting', upstream: null, reported: 850, charged: 100 },
  })
  const call = await told('alert.usage-80')
  expect(call.headers['webhook-signature']).toBe(expectedSignature(call))
  expect(JSON.parse(call.body)).toMatchObject({
    type: 'alert.usage-80',
    data: { user: email, used: 850, limit: 1_000, plan: 'Free' },
  })
  const mails = async () => {
    const directory = join(own.hub.dataDir, 'mail')
    const names = await readdir(directory).catch(() => [])
    return Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')))
  }
  const mailTo = (recipient: string, words: string) =>
    until(async () =>
      (await mails()).find((mail) => mail.includes(`To: ${recipient}`) && mail.includes(words)),
    )
  expect(await mailTo(email, '80 %')).toContain('at Told Hub')
  expect(await mailTo('ops@hub.test', '80 %')).toContain('/admin/collections/alerts/')

  const alert = await until(async () => {
    const answer = await own.ask(
      'GET',
      '/api/alerts?depth=0&where[state][equals]=delivered&where[kind][equals]=usage-80',
      {
        token: own.admin,
      },
    )
    return (answer.body.docs as { id: string }[])[0]
  })
  const detail = await own.ask('GET', `/api/alerts/${alert.id}?depth=0`, { token: own.admin })
  expect(detail.body).toMatchObject({ kind: 'usage-80', state: 'delivered' })
  expect(detail.body.deliveries).toHaveLength(3)
  expect(detail.text).not.toContain(SIGNING_SECRET)
  expect((await own.ask('GET', `/api/alerts/${alert.id}`, { token })).status).toBeGreaterThanOrEqual(403)
})
