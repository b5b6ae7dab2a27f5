import { getPayload, type Payload } from 'payload'

/** Payload of this process, connected and made safe against a database that restarts. */
export async function openPayload(): Promise<Payload> {
  const { default: config } = await import('../../payload.config')
  const payload = await getPayload({ config })
  const { pool } = payload.db as unknown as { pool: { on(event: 'error', listener: () => void): void } }
  pool.on('error', () => undefined)
  return payload
}
