import { headers } from 'next/headers'
import type { Payload } from 'payload'
import { hubStrategy } from '../../domain/accounts/payload/strategy'
import type { HubUser } from '../../platform/payload/caller'

/** These check the caller's rights themselves, and respond in a form that the panel's forms understand. */
const ASK_THEMSELVES = ['form-state', 'table-state']

/**
 * Allows the panel's server functions only to admins. For some of them Payload only checks that somebody is signed in:
 * the function that renders a widget, for example, would show the dashboard's data to every user. Throws for everybody
 * else.
 */
export async function requirePanelUser(payload: Payload, name: string): Promise<void> {
  if (ASK_THEMSELVES.includes(name)) return
  const { user } = await hubStrategy.authenticate({ headers: await headers(), payload })
  const me = user as HubUser | null
  if (me?.role !== 'admin' || me.via !== 'session') throw new Error('Only admins use the panel')
}
