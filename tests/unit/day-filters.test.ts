// Guards against filters that find nothing for what is there: a day is a day, not its first millisecond.
import { expect, test } from '@jest/globals'
import { dayFilters } from '../../src/platform/payload/day-filters'

const hook = dayFilters((path) => path === 'createdAt' || path === 'user.createdAt')
const read = async (where: unknown) =>
  ((await hook({ args: { where }, operation: 'read' } as never)) as { where: unknown }).where

const FIRST = '2026-11-30T00:00:00.000Z'
const NEXT = '2026-12-01T00:00:00.000Z'
const inside = (path = 'createdAt') => ({
  or: [{ and: [{ [path]: { greater_than_equal: FIRST } }, { [path]: { less_than: NEXT } }] }],
})

test.each([
  [{ createdAt: { equals: '2026-11-30' } }, { and: [inside()] }],
  [{ 'user.createdAt': { equals: '2026-11-30' } }, { and: [inside('user.createdAt')] }],
  [{ createdAt: { in: '2026-11-30' } }, { and: [inside()] }],
  [
    { createdAt: { equals: '2026-11-30', exists: true }, name: { equals: 'x' } },
    { and: [{ createdAt: { exists: true }, name: { equals: 'x' } }, inside()] },
  ],
  [{ or: [{ and: [{ createdAt: { equals: '2026-11-30' } }] }] }, { or: [{ and: [{ and: [inside()] }] }] }],
  [
    { createdAt: { not_equals: '2026-11-30' } },
    {
      and: [
        {
          and: [
            {
              or: [
                { createdAt: { less_than: FIRST } },
                { createdAt: { greater_than_equal: NEXT } },
                { createdAt: { exists: false } },
              ],
            },
          ],
        },
      ],
    },
  ],
])('%j names the day', async (asked, become) => {
  expect(await read(asked)).toEqual(become)
})

test.each([
  { createdAt: { equals: FIRST } },
  { createdAt: { equals: 'null' } },
  { createdAt: { equals: '2026-13-45' } },
  { createdAt: { in: `2026-11-30,${FIRST}` } },
  { createdAt: { greater_than: '2026-11-30' } },
  { name: { equals: '2026-11-30' } },
  { and: [null, 'x', { name: { equals: 'x' } }] },
])('%j is as it was', async (asked) => {
  expect(await read(asked)).toEqual(asked)
})
