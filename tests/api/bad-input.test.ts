import { beforeAll, describe, expect, test } from '@jest/globals'
import { adminSession } from '../support/catalogue'
import { call, type Sent } from '../support/client'
import { contract, type Document, type Operation } from '../support/contract'
import { newUser } from '../support/people'

const NUL = '\0'
const LONG = 'x'.repeat(200_000)
const DEEP = `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`

interface Case {
  method: string
  path: string
  operation: Operation
}

let cases: Case[]
let document: Document
let tokens: { user: string; admin: string }

beforeAll(async () => {
  document = (await contract()).document
  // The other doors of the document answer in shapes of their own, and have tests of their own.
  const own = Object.entries(document.paths).filter(([path]) => path.startsWith('/api/v1/'))
  cases = own.flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
  tokens = { user: (await newUser()).token, admin: (await adminSession()).token }
})

/** Sends something to an operation as somebody who may use it; the client refuses any answer that is a 500. */
async function send({ method, path, operation }: Case, sent: Sent, fill = 'rubbish') {
  const token = path.includes('/admin/') ? tokens.admin : tokens.user
  const signed = operation.security?.length === 0 ? {} : { token }
  const address = path.replaceAll(/\{\w+\}/g, encodeURIComponent(fill))
  return call(method, address, { ...signed, ...sent })
}

const withBody = () => cases.filter(({ operation }) => operation.requestBody)
const shown = ({ method, path }: Case) => `${method} ${path}`

/** Every operation must refuse this body, with this status. */
async function allRefuse(sent: Sent, statuses: number[]) {
  for (const one of withBody()) {
    const answer = await send(one, sent)
    const about = [shown(one), String(sent.raw).slice(0, 40), answer.status]
    expect([...about, statuses.includes(answer.status)]).toEqual([...about, true])
  }
}

describe('bad input, sent to every call of the document', () => {
  test('malformed JSON, and JSON that is no object: 400', async () => {
    expect(withBody().length).toBeGreaterThan(10)
    for (const raw of ['{', '{"a":}', 'null', '[]', '"text"', '5', '', '{"a":1}{', DEEP]) {
      await allRefuse({ raw }, [400])
    }
  })

  test('bytes that are no UTF-8: 400', async () => {
    await allRefuse({ raw: new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]) }, [400])
  })

  test('an unknown field is refused by its name', async () => {
    for (const one of withBody()) {
      const answer = await send(one, { body: { surprise: 1, __proto__x: 2 } })
      expect([shown(one), answer.status]).toEqual([shown(one), 400])
      expect(answer.error?.details.map(({ field }) => field)).toContain('surprise')
    }
  })

  test('calls that take no body: nothing or an empty object, and nothing else', async () => {
    const without = cases.filter(({ method, operation }) => method === 'POST' && !operation.requestBody)
    expect(without.map(shown).sort()).toEqual([
      'POST /api/v1/admin/ledger/check',
      'POST /api/v1/admin/mcp/check',
      'POST /api/v1/auth/confirm-email/{token}',
      'POST /api/v1/subscriptions/cancel',
    ])
    for (const one of without) {
      for (const raw of ['{', '[]', 'null', '{"surprise":1}'])
        expect((await send(one, { raw })).status).toBe(400)
      for (const sent of [{}, { raw: '' }, { raw: '{}' }])
        expect((await send(one, sent)).status).not.toBe(415)
    }
  })

  test('a wrong content type: 415', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/xml',
    ]) {
      await allRefuse({ raw: '{"a":1}', headers: { 'content-type': type } }, [415])
    }
    await allRefuse({ raw: '{"a":1}', headers: { 'content-encoding': 'gzip' } }, [415])
  })

  test('a body over a megabyte: 413', async () => {
    await allRefuse({ raw: `{"a":"${'x'.repeat(1_048_576)}"}` }, [413])
  })

  test('a body over a megabyte whose length is not announced: 413 as soon as it is', async () => {
    const chunk = new TextEncoder().encode('x'.repeat(100_000))
    let sent = 0
    const raw = new ReadableStream({
      pull: (controller) => (sent++ < 40 ? controller.enqueue(chunk) : controller.close()),
    })
    const answer = await call('POST', '/auth/login', { raw })
    expect([answer.status, answer.error?.code]).toEqual([413, 'PAYLOAD_TOO_LARGE'])
  })

  test('each field, of a wrong type, absurdly long, or with a NUL byte: 400 that names a field', async () => {
    for (const one of withBody()) {
      for (const field of fieldsOf(one)) {
        for (const value of [null, 5, true, [], {}, '', LONG, `a${NUL}b`, [{}], -1, 1e300, '\ud800']) {
          const answer = await send(one, { body: { [field]: value } })
          const about = [shown(one), field, JSON.stringify(value).slice(0, 20), answer.status]
          // Where the path names nothing, a field that may stand alone and is good ends in a 404.
          const good = one.path.includes('{') && answer.status === 404
          expect([...about, answer.status === 400 || good]).toEqual([...about, true])
          expect(good || answer.error?.details.length !== 0).toBe(true)
        }
      }
    }
  })

  test('parameters in the path: 4xx, whatever they are', async () => {
    const withPath = cases.filter(({ path }) => path.includes('{'))
    expect(withPath.length).toBeGreaterThan(5)
    for (const fill of [
      'rubbish',
      `a${NUL}b`,
      'x'.repeat(4_000),
      '..',
      "';--",
      '😀',
      '%',
      '%zz',
      '%25',
      ' ',
    ]) {
      for (const one of withPath) {
        const answer = await send(one, { body: one.operation.requestBody ? {} : undefined }, fill)
        const about = [shown(one), fill.slice(0, 20)]
        expect([...about, answer.status >= 400 && answer.status < 500]).toEqual([...about, true])
      }
    }
  })

  test('parameters in the query: an unknown one, one given twice, and rubbish in each: 400', async () => {
    for (const one of cases) {
      const names = (one.operation.parameters ?? []).filter((parameter) => parameter.in === 'query')
      if (names.length === 0) continue
      const bad = names.flatMap(({ name }) => [
        `${name}=`,
        `${name}=%00`,
        `${name}=${'9'.repeat(500)}`,
        `${name}=a&${name}=b`,
      ])
      for (const query of [...bad, 'surprise=1']) {
        const answer = await send({ ...one, path: `${one.path}?${query}` }, {})
        const about = [shown(one), query.slice(0, 30)]
        expect([...about, answer.status]).toEqual([...about, 400])
      }
    }
  })
})

function fieldsOf({ operation }: Case): string[] {
  const ref = operation.requestBody?.content['application/json']?.schema.$ref ?? ''
  return Object.keys(document.components.schemas[ref.split('/').at(-1) ?? '']?.properties ?? {})
}
