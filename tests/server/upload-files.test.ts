// Guards against uploads that fail by their name, and against files that nobody owns: what a failed upload wrote is gone.
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { shortName } from '../../src/domain/media/short-name'
import { hubDatabase } from '../access/callers'
import { newUser, unique } from '../support/people'
import { hubUrl, mailDirectory } from '../support/run'

let token: string
let image: Buffer
const db = hubDatabase()

beforeAll(async () => {
  token = (await newUser()).token
  image = await sharp({ create: { width: 640, height: 640, channels: 3, background: '#3366cc' } })
    .png()
    .toBuffer()
  await db.query(
    `alter table media add constraint tests_refuse check (alt is distinct from 'refused') not valid`,
  )
})
afterAll(async () => {
  await db.query('alter table media drop constraint tests_refuse')
  await db.end()
})

async function send(method: string, path: string, name: string, alt: string) {
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(image)], { type: 'image/png' }), name)
  form.set('_payload', JSON.stringify({ alt }))
  const headers = { authorization: `Bearer ${token}` }
  const answer = await fetch(`${hubUrl()}/api/media${path}`, { method, headers, body: form })
  const { doc } = (await answer.json()) as { doc?: { id: string; filename: string; url: string } }
  return { status: answer.status, doc }
}
const upload = (name: string, alt = 'An image') => send('POST', '', name, alt)
const files = async (part: string) =>
  (await readdir(join(dirname(mailDirectory()), 'media'))).filter((name) => name.includes(part))

describe('a long name', () => {
  test.each([
    ['of 254 bytes', (part: string) => `${part}${'a'.repeat(250 - part.length)}.png`],
    ['of 255 bytes without an ending', (part: string) => `${part}${'b'.repeat(255 - part.length)}`],
    ['of 1,000 bytes', (part: string) => `${part}${'c'.repeat(1_000)}.jpeg`],
    ['of letters of three bytes', (part: string) => `${part}${'漢'.repeat(76)}.png`],
    ['of letters of four bytes', (part: string) => `${part}${'🦉'.repeat(60)}.webp`],
    ['whose ending is long', (part: string) => `${part}.${'d'.repeat(240)}`],
  ])('%s is stored under a shorter one, with its sizes', async (_what, nameOf) => {
    const part = unique('long')
    const { status, doc } = await upload(nameOf(part))
    expect(status).toBe(201)
    expect(Buffer.byteLength(doc?.filename ?? '')).toBeLessThanOrEqual(200)
    expect(await files(part)).toHaveLength(3)
    const headers = { authorization: `Bearer ${token}` }
    expect((await fetch(new URL(doc?.url ?? '', hubUrl()), { headers })).status).toBe(200)
    const again = await upload(nameOf(part))
    expect([again.status, again.doc?.filename === doc?.filename]).toEqual([201, false])
  })

  test('keeps its ending and whole characters; another stays as it is', () => {
    expect(shortName('icon.png')).toBe('icon.png')
    expect(shortName(`${'é'.repeat(200)}.png`)).toBe(`${'é'.repeat(88)}.png`)
    expect(shortName(`${'.'.repeat(300)}`)).toBe('image')
  })
})

describe('a failed upload', () => {
  test('leaves no file, when the document cannot be stored', async () => {
    const part = unique('refused')
    expect((await upload(`${part}.png`, 'refused')).status).toBe(400)
    expect(await files(part)).toEqual([])
  })

  test('in place of another image neither', async () => {
    const [kept, part] = [await upload(`${unique('kept')}.png`), unique('refused')]
    expect((await send('PATCH', `/${kept.doc?.id}`, `${part}.png`, 'refused')).status).toBe(400)
    expect(await files(part)).toEqual([])
  })

  test('leaves the files of an upload that went well', async () => {
    const part = unique('same')
    const first = await upload(`${part}.png`)
    const before = await files(part)
    expect((await upload(`${part}.png`, 'refused')).status).toBe(400)
    expect([first.status, await files(part)]).toEqual([201, before])
  })
})
