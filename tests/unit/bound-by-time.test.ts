import { expect, test } from '@jest/globals'
import { boundByTime } from '../../src/domain/usage/bound-by-time'

const read = async (where: object) =>
  ((await boundByTime({ args: { where } } as never)) as { where: unknown }).where

/** A filter by time names the months to look at, wherever it stands: without its id, all of them are read. */
test('a filter by time is one by id as well', async () => {
  const at = '2026-03-01T00:00:00.000Z'
  const id = '019ca6b1-dc00-7000-8000-000000000000'
  expect(
    await read({
      or: [{ and: [{ createdAt: { greater_than_equal: at } }, { status: { equals: 'error' } }] }],
    }),
  ).toEqual({
    or: [
      {
        and: [
          { and: [{ createdAt: { greater_than_equal: at } }, { id: { greater_than_equal: id } }] },
          { status: { equals: 'error' } },
        ],
      },
    ],
  })
  expect(await read({ createdAt: { less_than_equal: at } })).toEqual({
    and: [
      { createdAt: { less_than_equal: at } },
      { id: { less_than: '019ca6b1-dc01-7000-8000-000000000000' } },
    ],
  })
  expect(await read({ createdAt: { less_than: 'never' } })).toEqual({ createdAt: { less_than: 'never' } })
})
