import { describe, expect, it } from '@jest/globals'
import sharp from 'sharp'
import { newAdminSession, newKey, newUser } from '../support/people'
import { hubUrl } from '../support/run'

type Image = {
  id: string
  url: string
  mimeType: string
  width: number
  sizes: { icon: { width: number; url: string } }
}

const png = (side: number) =>
  sharp({ create: { width: side, height: side, channels: 3, background: '#3366cc' } })
    .png()
    .toBuffer()

async function upload(token: string | null, content: Uint8Array, name: string, type: string, key?: string) {
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(content)], { type }), name)
  form.set('_payload', JSON.stringify({ alt: 'A square' }))
  const headers: Record<string, string> = key
    ? { 'x-api-key': key }
    : token
      ? { authorization: `Bearer ${token}` }
      : {}
  const answer = await fetch(`${hubUrl()}/api/media`, { method: 'POST', headers, body: form })
  const body = (await answer.json()) as { doc?: Image; errors?: { message: string }[] }
  return { status: answer.status, doc: body.doc as Image, message: body.errors?.[0]?.message ?? '' }
}

describe('images', () => {
  it('are resized, kept as webp and served', async () => {
    const { token } = await newAdminSession()
    const { status, doc } = await upload(token, await png(1500), 'icon.png', 'image/png')
    expect(status).toBe(201)
    expect(doc).toMatchObject({ mimeType: 'image/webp', width: 1024, sizes: { icon: { width: 64 } } })
    const served = await fetch(new URL(doc.sizes.icon.url, hubUrl()), {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(served.status).toBe(200)
    const meta = await sharp(Buffer.from(await served.arrayBuffer())).metadata()
    expect(meta).toMatchObject({ format: 'webp', width: 64, height: 64 })
  })

  it.each([
    ['a page', '<html><script>alert(1)</script></html>', 'image/png'],
    ['a drawing with scripts', '<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', 'image/svg+xml'],
    ['nothing', '', 'image/png'],
    ['bytes that only begin like an image', '\x89PNG\r\n\x1a\n and no more', 'image/png'],
  ])('are told by their content: %s is refused', async (_name, content, type) => {
    const { status, message } = await upload(
      (await newAdminSession()).token,
      Buffer.from(content, 'latin1'),
      'x.png',
      type,
    )
    expect(status).toBe(400)
    expect(message).not.toMatch(/node_modules|\n\s+at /)
  })

  it('larger than 5 MB are refused', async () => {
    const noise = Buffer.alloc(5 * 1024 * 1024 + 1, 1)
    ;(await png(8)).copy(noise)
    expect((await upload((await newAdminSession()).token, noise, 'big.png', 'image/png')).status).toBe(413)
  })

  it('are taken from people who signed in by password, and from nobody else', async () => {
    const person = await newUser()
    const { key } = await newKey(person)
    const small = await png(32)
    expect((await upload(person.token, small, 'me.png', 'image/png')).status).toBe(201)
    expect((await upload(null, small, 'me.png', 'image/png', key)).status).toBe(403)
    expect((await upload(null, small, 'me.png', 'image/png')).status).toBe(403)
  })

  // Cutting is off. Asked for in the address, it would also fetch the file from whatever host the request names.
  it('are not cut by what stands in the address', async () => {
    const { token } = await newUser()
    const { doc } = await upload(token, await png(32), 'whole.png', 'image/png')
    const edits = new URLSearchParams({
      'uploadEdits[crop][x]': '0',
      'uploadEdits[crop][y]': '0',
      'uploadEdits[crop][width]': '50',
      'uploadEdits[crop][height]': '50',
      'uploadEdits[widthInPixels]': '16',
      'uploadEdits[heightInPixels]': '16',
    })
    const answer = await fetch(`${hubUrl()}/api/media/${doc.id}?${edits}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ alt: 'Still whole' }),
    })
    expect(answer.status).toBe(200)
    expect(((await answer.json()) as { doc: Image & { alt: string } }).doc).toMatchObject({
      alt: 'Still whole',
      width: 32,
      url: doc.url,
    })
  })
})
