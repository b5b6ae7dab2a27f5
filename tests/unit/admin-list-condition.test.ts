import { expect, it } from '@jest/globals'
import type { Where } from 'payload'
import { conditionAt, fitting, idsOf, withValue } from '../../src/panel/list/condition'

const where: Where & { or: Where[] } = {
  or: [
    { and: [{ user: { equals: 'a' } }, { status: { equals: 'error' } }] },
    { and: [{ user: { equals: 'b' } }] },
  ],
}

it('finds the condition at its place, however short the filter is written', () => {
  expect(conditionAt(where, { or: 1, and: 0 }, 'user')).toEqual({ operator: 'equals', value: 'b' })
  expect(conditionAt({ user: { in: ['a'] } }, { or: 0, and: 0 }, 'user')).toEqual({
    operator: 'in',
    value: ['a'],
  })
})

it.each([
  ['of another field', where, { or: 0, and: 1 }],
  ['that is no more', where, { or: 2, and: 0 }],
  ['of no filter', undefined, { or: 0, and: 0 }],
])('finds none at a place %s', (_, filter, place) => {
  expect(conditionAt(filter, place, 'user')).toEqual({ operator: '', value: undefined })
})

it('changes one place, and leaves the filter that it was given as it was', () => {
  const before = structuredClone(where)
  expect(withValue(where, { or: 1, and: 0 }, 'user', 'c')).toEqual({
    or: [where.or[0], { and: [{ user: { equals: 'c' } }] }],
  })
  expect(where).toEqual(before)
})

it.each([
  ['equals', ['a', 'b'], 'a'],
  ['equals', 'true', undefined],
  ['in', ['a', 'b'], ['a', 'b']],
  ['not_in', 'a', 'a'],
  ['exists', 'a', undefined],
  ['exists', 'false', 'false'],
])('lets %s keep of %j what it can take', (operator, value, kept) => {
  expect(fitting(operator, value)).toEqual(kept)
})

it.each([
  ['in', 'a,b', ['a', 'b']],
  ['in', ['a', 'b'], ['a', 'b']],
  ['equals', 'a', ['a']],
  ['equals', undefined, []],
])('reads the ids of %s %j', (operator, value, ids) => {
  expect(idsOf(operator, value)).toEqual(ids)
})
