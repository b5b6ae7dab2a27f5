import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AlertsDeps } from '../../src/domain/alerts/alert'
import { storeWebhookSecret } from '../../src/domain/settings/webhook-secret'
import type { World } from '../ledger/world'
import { SECRET } from '../tools/fixture'

export const SIGNING_BYTES = Buffer.alloc(32, 3)
export const SIGNING_SECRET = `whsec_${SIGNING_BYTES.toString('base64')}`

export const roomOf = (world: Pick<World, 'pool'>): AlertsDeps => ({
  pool: world.pool,
  config: { hubUrl: 'http://hub.test', secret: SECRET },
})

export type Received = { headers: IncomingHttpHeaders; body: string }

/** A receiver of webhooks; `status` is what it answers from then on. */
export async function startReceiver() {
  const received: Received[] = []
  const state = { status: 200 }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      received.push({ headers: request.headers, body })
      response.writeHead(state.status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    answerWith: (status: number) => {
      state.status = status
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(resolve)
      }),
  }
}

/** What a receiver that knows the secret would compute. */
export function expectedSignature({ headers, body }: Received): string {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  return `v1,${createHmac('sha256', SIGNING_BYTES).update(signed).digest('base64')}`
}

/** Settings with these addresses, and a webhook where one is given. */
export async function tell(
  world: Pick<World, 'one' | 'pool'>,
  addresses: string[],
  webhookUrl: string | null,
): Promise<void> {
  const { id } = await world.one<{ id: string }>('select id from settings')
  await world.pool.query('delete from settings_texts')
  for (const [at, address] of addresses.entries())
    await world.pool.query(
      `insert into settings_texts ("order", parent_id, path, text) values ($1, $2, 'alertAddresses', $3)`,
      [at, id, address],
    )
  await world.pool.query('update settings set webhook_url = $1', [webhookUrl])
  await storeWebhookSecret(world.pool, SIGNING_SECRET, webhookUrl, SECRET)
}

/** The alerts of this key's beginning, with what is told of them. */
export async function alertsOf(world: World, key: string) {
  const { rows } = await world.pool.query<{ kind: string; state: string; title: string; told: string[] }>(
    `select kind, state, title, array(select channel || ' ' || recipient from alert_deliveries d
       where d.alert_id = a.id order by (channel || ' ' || recipient) collate "C") as told from alerts a where key like $1 || '%' order by a.id`,
    [key],
  )
  return rows
}
