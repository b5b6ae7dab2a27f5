// Guards against another site's page that uses the cookies of a visitor, or signs them in to another account.
import { describe, expect, test } from '@jest/globals'
import { isFromElsewhere } from '../../src/domain/accounts/payload/origin'

const TRUSTED = ['https://hub.example', 'https://app.example']
const asked = (method: string, headers: Record<string, string>) =>
  isFromElsewhere({ method, headers: new Headers(headers) }, TRUSTED)

describe('a request', () => {
  test.each<[string, string, Record<string, string>]>([
    ['of a program', 'POST', {}],
    ['of a trusted origin', 'POST', { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' }],
    ['of the same origin under another name', 'POST', { origin: 'null', 'sec-fetch-site': 'same-origin' }],
    ['that somebody typed', 'GET', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }],
    ['that follows a link', 'GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
    [
      'that asks for the head of a link',
      'HEAD',
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' },
    ],
    [
      'of an image on a trusted page',
      'GET',
      { 'sec-fetch-site': 'same-site', referer: 'https://app.example/x' },
    ],
  ])('%s is let through', (_what, method, headers) => {
    expect(asked(method, headers)).toBe(false)
  })

  test.each<[string, string, Record<string, string>]>([
    ['of another origin', 'GET', { origin: 'https://evil.example' }],
    ['of a longer name', 'POST', { origin: 'https://hub.example.evil.example' }],
    ['of another port', 'POST', { origin: 'https://hub.example:8443' }],
    ['without encryption', 'POST', { origin: 'http://hub.example' }],
    ['of a sandboxed frame', 'POST', { origin: 'null' }],
    ['of a form elsewhere', 'POST', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
    ['of a neighbour', 'GET', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }],
    [
      'of a frame',
      'GET',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    ],
    ['of a script tag', 'GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    [
      'of an image on another page',
      'GET',
      { 'sec-fetch-site': 'same-site', referer: 'https://evil.example/' },
    ],
    [
      'whose origin says one thing and whose site another',
      'POST',
      { origin: 'https://evil.example', 'sec-fetch-site': 'none' },
    ],
  ])('%s is not', (_what, method, headers) => {
    expect(asked(method, headers)).toBe(true)
  })
})
