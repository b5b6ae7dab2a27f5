import { expect, test } from '@jest/globals'
import { preparedStatement } from '../../src/platform/database/prepared-statement'

/** Protects against a statement whose values stand at other places than its text says. */
const parameters = {
  users: (input: string[]) => input,
  now: () => null,
  first: (input: string[]) => input[0],
}

test('names become numbers, wherever and however often they stand; types stay', () => {
  const statement = preparedStatement(
    'hub_some',
    'select :first::text, coalesce(:now::timestamptz, now()) from unnest(:users::text[]) where :first = any (:users::text[])',
    parameters,
  )
  expect(statement(['a', 'b'])).toEqual({
    name: 'hub_some',
    text: 'select $3::text, coalesce($2::timestamptz, now()) from unnest($1::text[]) where $3 = any ($1::text[])',
    values: [['a', 'b'], null, 'a'],
  })
})

test('a name that is not given, and one that is not used, end the start', () => {
  expect(() => preparedStatement('hub_some', 'select :user', parameters)).toThrow(
    'hub_some names a parameter :user that is not given',
  )
  expect(() => preparedStatement('hub_some', 'select :users, :first', parameters)).toThrow(
    'hub_some does not use :now',
  )
})
