// The kind: a stranger who registered with the hub reads or changes what belongs to the host (docs/security.md).
import { beforeEach, describe, expect, test } from '@jest/globals'
import { type Access, buildConfig, type Config, type PayloadRequest, type SanitizedConfig } from 'payload'
import { collectionDefaults } from 'payload/shared'
import { closeToCustomers } from '../../src/platform/payload/close-to-customers'

type User = PayloadRequest['user']
type Rules = Record<string, Access | undefined>

const customer = { id: 'c1', collection: 'customers' } as unknown as User
const staff = { id: 's1', collection: 'staff' } as unknown as User
const isCustomer = (user: User) => user?.collection === ('customers' as string)
const anyone: Access = () => true
const openPages: Access = ({ req }) => (req.user ? true : { public: { equals: true } })
/** Payload changes the config that it sanitises, so every test makes its own. */
const fields = () => [{ name: 'title', type: 'text' as const }]

/** A host with a collection of each kind. The last plugin adds another one. */
function hostConfig(): Config {
  const shared = {}
  return {
    secret: 'x',
    db: {} as Config['db'],
    admin: { user: 'staff' },
    plugins: [
      (config) => ({
        ...config,
        collections: [...(config.collections ?? []), { slug: 'events', fields: fields() }],
      }),
    ],
    collections: [
      { slug: 'staff', auth: true, fields: [] },
      { slug: 'customers', auth: true, access: { admin: () => true }, fields: [] },
      { slug: 'posts', enableQueryPresets: true, folders: true, fields: fields() },
      {
        slug: 'notes',
        versions: { drafts: { schedulePublish: true } },
        access: { read: undefined },
        fields: fields(),
      },
      { slug: 'pages', access: { read: openPages }, fields: fields() },
      { slug: 'files', upload: true, fields: [] },
    ] as Config['collections'],
    globals: [
      { slug: 'header', versions: true, access: shared, fields: fields() },
      { slug: 'footer', access: shared, fields: fields() },
    ],
  }
}

const built = (more: Partial<Config> = {}) => buildConfig({ ...hostConfig(), ...more })

let config: SanitizedConfig
beforeEach(async () => {
  config = await built()
})

const rulesOf = (slug: string): Rules => {
  const found = [...config.collections, ...config.globals].find((one) => one.slug === slug)
  if (slug === 'jobs') return config.jobs.access as Rules
  return found?.access as unknown as Rules
}
const asked = async (name: string, user: User) => {
  const [slug, operation] = name.split('.') as [string, string]
  const rule = rulesOf(slug)[operation]
  const req = { user, payload: { config } } as unknown as PayloadRequest
  return rule ? rule({ req }) : Boolean(user)
}

const every = (slug: string, operations: string) => operations.split(' ').map((one) => `${slug}.${one}`)
/** All that a signed-in stranger could do in such a host, beside Payload's list of migrations. */
const DEFAULTS = [
  ...every('staff', 'create read update delete unlock'),
  ...every('customers', 'create read update delete unlock'),
  ...every('posts', 'create read update delete'),
  ...every('notes', 'create read update delete readVersions'),
  ...every('pages', 'create update delete'),
  ...every('files', 'create read update delete'),
  ...every('events', 'create read update delete'),
  ...every('payload-folders', 'create read update delete'),
  ...every('payload-locked-documents', 'create read update delete'),
  ...every('payload-query-presets', 'create read update delete'),
  ...every('header', 'read update readVersions'),
  ...every('footer', 'read update'),
  ...every('jobs', 'run queue cancel'),
]

/** Payload has one object for this collection in all configs of a process: an earlier test closed it. */
const isListed = (name: string) => !name.startsWith('payload-migrations.')

test('whatever has the default access is closed, and listed', () => {
  const { closed } = closeToCustomers(config, { isCustomer })
  expect(closed.filter(isListed).toSorted()).toEqual(DEFAULTS.toSorted())
})

test('a stranger could do all of it before', async () => {
  // Payload lets the panel's users alone unlock an account.
  for (const name of DEFAULTS.filter((one) => !one.endsWith('.unlock')))
    expect([name, Boolean(await asked(name, customer))]).toEqual([name, true])
})

describe('after closing', () => {
  beforeEach(() => void closeToCustomers(config, { isCustomer }))

  const all = [...DEFAULTS, ...every('payload-migrations', 'create read update delete')]
  test.each(all.filter((name) => name !== 'customers.read'))('no customer may do %s', async (name) => {
    expect(await asked(name, customer)).toBe(false)
  })

  test.each(DEFAULTS)('others keep what they had: %s', async (name) => {
    const before = await built()
    const after = config
    for (const user of [staff, null]) {
      config = after
      const now = await asked(name, user)
      config = before
      expect([user?.collection, now]).toEqual([user?.collection, await asked(name, user)])
    }
  })

  test('customers read themselves in their own collection, because /me reads by its rule', async () => {
    expect(await asked('customers.read', customer)).toEqual({ id: { equals: 'c1' } })
    expect(await asked('staff.read', customer)).toBe(false)
  })

  test('an access function of the host is left as it is', async () => {
    expect(rulesOf('pages').read).toBe(openPages)
  })

  test('no customer enters the panel, even if the host would let them in', async () => {
    expect(await asked('customers.admin', customer)).toBe(false)
    expect(await asked('staff.admin', staff)).toBe(true)
    expect(await asked('staff.admin', { id: 'o', collection: 'others' } as unknown as User)).toBe(false)
  })

  test('preferences are those of the caller, as Payload has it', async () => {
    const own = { and: [{ 'user.value': { equals: 'c1' } }, { 'user.relationTo': { equals: 'customers' } }] }
    for (const operation of ['read', 'update', 'delete'])
      expect(await asked(`payload-preferences.${operation}`, customer)).toEqual(own)
  })

  test('a second call changes nothing and lists nothing', () => {
    const before = rulesOf('posts').read
    expect(closeToCustomers(config, { isCustomer }).closed).toEqual([])
    expect(rulesOf('posts').read).toBe(before)
  })
})

test('the operations with an access function of the host are listed apart', () => {
  expect(closeToCustomers(config, { isCustomer }).own).toEqual(['pages.read'])
})

test('rules for jobs and presets that the host set are left as they are', async () => {
  config = await built({
    jobs: { access: { run: anyone } } as Config['jobs'],
    queryPresets: { access: { read: anyone }, constraints: {} },
  })
  const { closed, own } = closeToCustomers(config, { isCustomer })
  expect(own).toEqual(['pages.read', 'jobs.run'])
  expect(closed).not.toContain('payload-query-presets.read')
  expect(await asked('jobs.run', customer)).toBe(true)
  expect(await asked('payload-query-presets.read', customer)).toBeTruthy()
  expect(await asked('payload-query-presets.update', customer)).toBe(false)
})

describe('the option `open`', () => {
  test('leaves the named operations as they were, and no others', async () => {
    const open = ['posts.read', 'header.update', 'jobs.queue']
    const { closed } = closeToCustomers(config, { isCustomer, open })
    const expected = DEFAULTS.filter((name) => !open.includes(name))
    expect(closed.filter(isListed).toSorted()).toEqual(expected.toSorted())
    for (const name of open) expect(await asked(name, customer)).toBe(true)
    // Both globals share one object of rules.
    for (const name of ['posts.update', 'footer.update', 'jobs.run'])
      expect(await asked(name, customer)).toBe(false)
  })

  test.each(['post.read', 'posts.reed', 'posts', 'payload-preferences.read'])('refuses %s', (name) => {
    expect(() => closeToCustomers(config, { isCustomer, open: [name] })).toThrow(name)
  })
})

describe('what is known of Payload', () => {
  test('its default access is an exported function, also in what it adds itself', () => {
    const { read, unlock } = collectionDefaults.access ?? {}
    expect(read).toBeInstanceOf(Function)
    for (const slug of ['posts', 'payload-locked-documents', 'payload-folders'])
      expect(rulesOf(slug).create).toBe(read)
    expect(rulesOf('staff').unlock).toBe(unlock)
  })

  test('a version whose default access is another one is refused, instead of leaving the host open', () => {
    rulesOf('payload-preferences').create = ({ req }) => Boolean(req.user)
    expect(() => closeToCustomers(config, { isCustomer })).toThrow(/default access/)
  })
})
