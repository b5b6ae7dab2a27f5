import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openWebhookSecret } from '../../src/domain/settings/webhook-secret'
import { TEST_SECRET } from '../support/hub'
import { queuedMails } from '../support/outbox'
import { type OwnHub, ownHub, uploadImage } from '../support/own-hub'
import { PASSWORD, unique } from '../support/people'

let own: OwnHub
beforeAll(async () => {
  own = await ownHub()
})
afterAll(() => own.close())

const save = (body: object) => own.ask('POST', '/api/globals/settings', { token: own.admin, body })
const saved = async (body: object) => {
  const answer = await save(body)
  expect([answer.status, answer.text.slice(0, 300)]).toEqual([200, expect.anything()])
  return answer.body.result as Record<string, unknown>
}
const newPerson = () => ({ name: 'New', email: `${unique('new')}@example.org`, password: PASSWORD })

describe('sign-up', () => {
  test('closed: registration is a clear 403 by every door, before anything is written', async () => {
    await saved({ signUpOpen: false })
    const person = newPerson()
    for (const path of ['/api/v1/auth/register']) {
      const answer = await own.ask('POST', path, { body: person })
      expect([answer.status, (answer.body.error as { code: string }).code]).toEqual([
        403,
        'REGISTRATION_CLOSED',
      ])
    }
    expect((await own.ask('POST', '/api/users', { body: person })).status).toBe(403)
    expect((await own.ask('POST', '/api/users/first-register', { body: person })).status).toBe(403)
    const query = 'mutation ($d: mutationUserInput!) { createUser(data: $d) { id } }'
    const graph = await own.ask('POST', '/api/graphql', { body: { query, variables: { d: person } } })
    expect(graph.body.errors).toBeDefined()
    const found = await own.database.pool.query('select 1 from users where email = $1', [person.email])
    expect(found.rows).toEqual([])
  })

  test('closed: admins still make accounts; open again, people do', async () => {
    const made = await own.ask('POST', '/api/users', {
      token: own.admin,
      body: { ...newPerson(), role: 'user' },
    })
    expect(made.status).toBe(201)
    await saved({ signUpOpen: true })
    expect((await own.ask('POST', '/api/v1/auth/register', { body: newPerson() })).status).toBe(201)
  })
})

describe('the plan of new users', () => {
  const plans = async () => {
    const { rows } = await own.database.pool.query<{ id: string; name: string }>('select id, name from plans')
    return Object.fromEntries(rows.map(({ id, name }) => [name, id])) as Record<string, string>
  }
  const planOf = async (token: string) =>
    (await own.ask('GET', '/api/v1/subscriptions/current', { token })).body.data as { plan: string } | null

  test('is what every new account starts with, whoever makes it; empty means none', async () => {
    expect(await planOf((await own.person()).token)).toBeNull()
    await saved({ defaultPlan: (await plans()).pro })
    expect(await planOf((await own.person()).token)).toMatchObject({ plan: 'pro' })
    await saved({ defaultPlan: null })
    expect(await planOf((await own.person()).token)).toBeNull()
  })

  test('cannot be deleted while the settings name it', async () => {
    const { enterprise } = await plans()
    await saved({ defaultPlan: enterprise })
    const answer = await own.ask('DELETE', `/api/plans/${enterprise}`, { token: own.admin })
    expect([answer.status, answer.text]).toEqual([
      409,
      expect.stringContaining('New users start with this plan'),
    ])
    await saved({ defaultPlan: null })
  })
})

describe('the webhook’s secret', () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  const refused = async (body: object, field: string) => {
    const answer = await save(body)
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(field)])
  }

  test('a webhook without one, and what is none, is refused', async () => {
    await refused({ webhookUrl: 'https://hooks.example.com/x' }, 'webhookSecret')
    await refused({ webhookSecret: 'hunter2' }, 'webhookSecret')
    await refused({ webhookUrl: 'ftp://example.com' }, 'webhookUrl')
    await refused({ webhookUrl: 'http://169.254.169.254/x', webhookSecret: secret }, 'webhookUrl')
  })

  test('is sealed, in no answer, and opened by the hub alone', async () => {
    const before = await own.ask('GET', '/api/globals/settings', { token: own.admin })
    expect(before.body).toMatchObject({ webhookSecret: null, webhookSecretSet: false })
    const answer = await save({ webhookUrl: 'https://hooks.example.com/x', webhookSecret: secret })
    const read = await own.ask('GET', '/api/globals/settings', { token: own.admin })
    expect(read.body).toMatchObject({ webhookSecret: null, webhookSecretSet: true })
    expect(answer.text + read.text + own.hub.output()).not.toContain(secret)
    const { rows } = await own.database.pool.query('select * from setting_secrets')
    expect(JSON.stringify(rows)).not.toContain(secret.slice(6))
    const open = (url: string) => openWebhookSecret(own.database.pool, url, TEST_SECRET)
    expect(await open('https://hooks.example.com/another')).toEqual(Buffer.alloc(32, 7))
    await expect(open('https://elsewhere.example.com/x')).rejects.toThrow('for another address')
    await saved({ webhookUrl: 'https://elsewhere.example.com/x' })
    expect(await open('https://elsewhere.example.com/x')).toEqual(Buffer.alloc(32, 7))
    await saved({ webhookUrl: null })
    expect(await open('')).toEqual(Buffer.alloc(32, 7))
  })
})

test('alert addresses are email addresses', async () => {
  const answer = await save({ alertAddresses: ['ops@example.org', 'nobody'] })
  expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('alertAddresses')])
  expect(await saved({ alertAddresses: ['ops@example.org'] })).toMatchObject({
    alertAddresses: ['ops@example.org'],
  })
})

test('two admins who save at once do not undo each other', async () => {
  await Promise.all([
    ...[1, 2, 3].map((months) => saved({ retentionMonths: months })),
    ...[1, 2, 3].map((n) => saved({ hubName: `Hub ${n}` })),
  ])
  const { body } = await own.ask('GET', '/api/globals/settings', { token: own.admin })
  expect(body.hubName).toMatch(/^Hub [123]$/)
  expect([1, 2, 3]).toContain(body.retentionMonths)
  expect((await own.database.pool.query('select 1 from settings')).rows).toHaveLength(1)
})

describe('name and logo', () => {
  test('stand in the mails; the logo, and no other image, is for everybody', async () => {
    const [logo, other] = [await uploadImage(own), await uploadImage(own)]
    await saved({ hubName: 'Ada & Co', logo: logo.id })
    const { email } = await own.person()
    const { rows } = await own.database.pool.query('select subject from mail_outbox where recipient = $1', [
      email,
    ])
    expect(rows[0]?.subject).toBe('Welcome to Ada & Co')
    const [waiting] = await queuedMails(own.database.pool, email, TEST_SECRET)
    const url = (file: string) => new URL(file, own.hub.url).pathname
    // A mail that has left is emptied: what it held is looked for where it went.
    if (waiting) expect(waiting.html).toContain('alt="Ada &amp; Co"')
    const status = async (file: string) => (await own.ask('GET', url(file))).status
    expect(await status(logo.sizes.card.url)).toBe(200)
    expect([401, 403, 404]).toContain(await status(other.sizes.card.url))
    const listed = await own.ask('GET', '/api/media')
    expect((listed.body.docs as { id: string }[]).map(({ id }) => id)).toEqual([logo.id])
    await saved({ logo: null })
    expect([401, 403, 404]).toContain(await status(logo.sizes.card.url))
  })
})
