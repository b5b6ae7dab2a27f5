import { expect, test } from '@jest/globals'
import { answerIdFilters, idFilters } from '../../src/platform/payload/id-filters'

const A = '019ca6b1-dc00-7000-8000-000000000001'
const NOBODY = '00000000-0000-0000-0000-000000000000'
/** Not an empty condition, which Payload would leave out of an `or`. */
const EVERYBODY = { id: { exists: true } }
const hook = idFilters(['id', 'user'])
const read = async (where: unknown, operation = 'read') =>
  ((await hook({ args: { where }, operation } as never)) as { where: unknown }).where

/** Whatever the panel's lists let an admin choose is answered: what the database refuses leaves an empty page. */
test.each([
  ['none among several', { in: ['null', A] }, { or: [{ user: { in: [A] } }, { user: { exists: false } }] }],
  ['none alone', { in: 'null' }, { user: { exists: false } }],
  ['not none', { not_in: ['null', A] }, { and: [{ user: { not_in: [A] } }, { user: { exists: true } }] }],
  ['what is no id', { in: 'abc' }, { user: { in: [NOBODY] } }],
  ['ids with commas', { in: `${A}, x` }, { user: { in: [A] } }],
  ['not what is no id', { not_in: 'abc' }, EVERYBODY],
  ['a part of an id', { contains: '019c' }, { user: { in: [NOBODY] } }],
  ['a whole id', { contains: A }, { user: { in: [A] } }],
  ['unlike what is no id', { not_like: '019c' }, EVERYBODY],
  ['anything else', { equals: A }, { user: { equals: A } }],
])('a filter by %s', async (_, asked, become) => {
  expect(await read({ user: asked })).toEqual(become)
  expect(await read({ or: [{ and: [{ user: asked }] }] })).toEqual({ or: [{ and: [become] }] })
})

test('other fields, and what is no filter, are as they were', async () => {
  const where = { or: [{ and: [{ name: { contains: 'x' } }, 'x', null] }] }
  expect(await read(where)).toEqual(where)
  expect(await read('x')).toBe('x')
})

/** A filter that nobody can read must not come to mean every document where documents are changed. */
test('what is changed or deleted by a filter is asked as it stands', async () => {
  for (const operation of ['update', 'delete'])
    expect(await read({ user: { not_in: 'abc' } }, operation)).toEqual({ user: { not_in: 'abc' } })
})

/** A host's own collections may have ids that are no UUIDs. */
test('ids of another kind are asked for as Payload would', async () => {
  const collection = (slug: string, customIDType?: 'text') => ({
    customIDType,
    config: {
      slug,
      hooks: { beforeOperation: [] as (typeof hook)[] },
      flattenedFields: ['users', 'countries'].map((relationTo) => ({
        name: `of-${relationTo}`,
        type: 'relationship',
        relationTo,
      })),
    },
  })
  const collections = { users: collection('users'), countries: collection('countries', 'text') }
  answerIdFilters({ collections } as never)
  const asked = async (slug: 'users' | 'countries', where: unknown) => {
    const [added] = collections[slug].config.hooks.beforeOperation as [typeof hook]
    return ((await added({ args: { where }, operation: 'read' } as never)) as { where: unknown }).where
  }
  const become = { in: [NOBODY] }
  for (const slug of ['users', 'countries'] as const) {
    expect(await asked(slug, { 'of-users': { in: 'nl' } })).toEqual({ 'of-users': become })
    expect(await asked(slug, { 'of-countries': { in: 'nl' } })).toEqual({ 'of-countries': { in: 'nl' } })
  }
  expect(await asked('users', { id: { in: 'nl' } })).toEqual({ id: become })
  expect(await asked('countries', { id: { in: 'nl' } })).toEqual({ id: { in: 'nl' } })
})
