import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../src/platform/database/embedded'
import { asChild, type Child, readyMessage } from './children'

export const ADMIN = { email: 'admin@example.com', password: 'Admin-of-the-bench-1' }
const SECRET = randomBytes(32).toString('hex')

/**
 * Starts the built hub as it is started in use, with the panel or without; its log goes to a file in `dir`. Node's own
 * arguments may be given by HUB_BENCH_NODE_ARGS (`--cpu-prof`). `checkout` is the folder whose built hub it is.
 */
export async function startHubProcess(
  databaseUrl: string,
  dir: string,
  panel: 'on' | 'off' = 'off',
  checkout?: string,
): Promise<Child> {
  const port = await freePort()
  const log = await open(join(dir, 'hub.log'), 'a')
  const extra = (process.env.HUB_BENCH_NODE_ARGS ?? '').split(' ').filter(Boolean)
  const child = spawn(
    process.execPath,
    [...extra, '--enable-source-maps', '--max-semi-space-size=32', 'dist/server.js'],
    {
      ...(checkout === undefined ? {} : { cwd: checkout }),
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        APP_ENV: 'development',
        PANEL: panel,
        PORT: String(port),
        DATABASE_URL: databaseUrl,
        HUB_DATA_DIR: join(dir, 'data'),
        PAYLOAD_SECRET: SECRET,
        ADMIN_EMAIL: ADMIN.email,
        ADMIN_PASSWORD: ADMIN.password,
        LOG_LEVEL: 'info',
        TRUST_PROXY: '1',
      },
    },
  )
  await readyMessage(child, (sent) => sent === 'ready')
  await log.close()
  return asChild(child, `http://127.0.0.1:${port}`)
}

/** Asks the hub for something and gives its answer's data. Throws when the status is another than 2xx. */
export async function askHub<T>(
  hub: Child,
  method: string,
  path: string,
  settings: { token?: string; body?: unknown } = {},
): Promise<T> {
  const headers = {
    ...(settings.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(settings.token ? { authorization: `Bearer ${settings.token}` } : {}),
  }
  const body = settings.body === undefined ? {} : { body: JSON.stringify(settings.body) }
  const response = await fetch(hub.url + path, { method, headers, ...body })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
  return JSON.parse(text) as T
}

/** An access token of the first admin. */
export async function adminToken(hub: Child): Promise<string> {
  const answer = await askHub<{ data: { access_token: string } }>(hub, 'POST', '/api/v1/auth/login', {
    body: ADMIN,
  })
  return answer.data.access_token
}
