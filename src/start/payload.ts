import { getPayload, type Payload } from 'payload'

/** Payload of this process, connected. */
export async function openPayload(): Promise<Payload> {
  const { default: config } = await import('../../payload.config')
  return getPayload({ config })
}
