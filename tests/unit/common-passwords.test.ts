import { describe, expect, it } from '@jest/globals'
import { isCommonPassword } from '../../src/domain/accounts/common-passwords'
import { checkPassword } from '../../src/domain/accounts/password'
import { refusal } from '../accounts/fixture'

/** Every one of these has a small and a large letter, a digit and a special character, and is guessed at once. */
const COMMON = [
  'Password1!',
  'P@ssw0rd1',
  'Pa$$w0rd1!',
  'Qwerty123!',
  'Welcome1!',
  'Admin123!',
  'Adm1n1str@tor',
  'Abcdef1!',
  'Abcd1234!',
  'Aa123456!',
  'Aa12345678!',
  'Aaaaaaa1!',
  '1qaz@WSX',
  'Qwertyuiop1!',
  'Summer2024!',
  'Letmein1!',
  'Login123!',
  '!Passw0rd',
  '123Password!',
  'P-a-s-s-w-o-r-d-1',
  'PasswordPassword1!',
  'Password12345678!',
  'P\u00e4ssw\u00f6rd1!',
  '\uff30assword1!',
]

/** Words in a row, words with much around them, and what is drawn. */
const GOOD = [
  'Tr1cky-horse',
  'Correct-horse-1',
  'Choose-one-1',
  'Admin-of-tests-1',
  'Next-passw0rd!',
  'Horse#48213905',
  'xK3!mN9$qT',
  'Br4nd-new-one',
  // Far down the list, with more around it than is tried for such a word.
  'Other-1!',
]

// The rules of FR-002 let through what every attacker tries first.
describe('a common password', () => {
  it.each(COMMON)('%s is refused, under a rule of its own', async (password) => {
    expect((await refusal(checkPassword(password, 'new_password'))).details).toEqual([
      { field: 'new_password', rule: 'common', message: expect.stringMatching(/common password/) },
    ])
  })

  it.each(GOOD)('%s is none', async (password) => {
    await expect(checkPassword(password)).resolves.toBe(password)
  })

  it('is named beside the other rules that fail', async () => {
    const { details } = await refusal(checkPassword('password'))
    expect(details.map(({ rule }) => rule)).toEqual(['upper_case', 'digit', 'special', 'common'])
  })

  it.each([
    ['Byronova1!', ['Ada Byronova']],
    ['Ada.Byronova-1', ['Ada Byronova']],
    ['Byr0novaAda1!', ['Ada Byronova']],
    ['C0untessa1815!', ['countessa@example.org']],
    ['JoyfullHub1!', ['Joyfull UI Hub']],
  ])('%s is one for %s, and for nobody else', async (password, about) => {
    expect(await isCommonPassword(password, about)).toBe(true)
    expect(await isCommonPassword(password, ['Grace Hopper'])).toBe(false)
  })
})
