import sharp from 'sharp'
import { freshDatabase, hubDatabase, type TestDatabase } from './database'
import { startTestHub, type TestHub } from './hub'
import { PASSWORD, unique } from './people'

export type Reply = { status: number; body: Record<string, unknown>; text: string; headers: Headers }
type Asked = { token?: string | null; key?: string; body?: object; headers?: Record<string, string> }

/** A hub on a database of its own, for tests that change what every caller of a hub would notice. */
export type OwnHub = {
  hub: TestHub
  database: TestDatabase
  admin: string
  ask: (method: string, path: string, sent?: Asked) => Promise<Reply>
  /** Registers somebody and signs them in. */
  person: () => Promise<{ id: string; email: string; token: string }>
  signIn: (email: string, password: string) => Promise<string>
  close: () => Promise<void>
}

let addresses = 0

/** `checkout` is the folder whose hub is started; defaults to this one. */
export async function ownHub(env: Record<string, string> = {}, checkout?: string): Promise<OwnHub> {
  const database = await (checkout ? freshDatabase() : hubDatabase())
  const hub = await startTestHub(database.url, env, checkout)
  const ask: OwnHub['ask'] = async (method, path, { token, key, body, headers } = {}) => {
    addresses += 1
    const answer = await fetch(`${hub.url}${path}`, {
      method,
      headers: {
        'x-forwarded-for': `198.19.${(addresses >> 8) % 256}.${addresses % 256}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(key ? { 'x-api-key': key } : {}),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await answer.text()
    return { status: answer.status, text, headers: answer.headers, body: parsed(text) }
  }
  const signIn = async (email: string, password: string) => {
    const pair = await ask('POST', '/api/v1/auth/login', { body: { email, password } })
    if (pair.status !== 200) throw new Error(`login answered ${pair.status}: ${pair.text}`)
    return (pair.body.data as { access_token: string }).access_token
  }
  const person = async () => {
    const email = `${unique('person')}@example.org`
    const made = await ask('POST', '/api/v1/auth/register', {
      body: { name: 'Somebody', email, password: PASSWORD },
    })
    if (made.status !== 201) throw new Error(`register answered ${made.status}: ${made.text}`)
    return { id: (made.body.data as { id: string }).id, email, token: await signIn(email, PASSWORD) }
  }
  const close = async () => {
    await hub.stop()
    await database.drop()
  }
  return {
    hub,
    database,
    admin: await signIn(hub.admin.email, hub.admin.password),
    ask,
    person,
    signIn,
    close,
  }
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** Uploads a small image and answers its document. */
export async function uploadImage(own: OwnHub): Promise<{ id: string; sizes: { card: { url: string } } }> {
  const png = await sharp({ create: { width: 640, height: 640, channels: 3, background: '#3366cc' } })
    .png()
    .toBuffer()
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(png)], { type: 'image/png' }), `${unique('logo')}.png`)
  const headers = { authorization: `Bearer ${own.admin}` }
  const answer = await fetch(`${own.hub.url}/api/media`, { method: 'POST', headers, body: form })
  return ((await answer.json()) as { doc: { id: string; sizes: { card: { url: string } } } }).doc
}
