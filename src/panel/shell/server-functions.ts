import { headers } from 'next/headers'
import type { Payload } from 'payload'
import { hubStrategy } from '../../domain/accounts/payload/strategy'
import type { HubUser } from '../../platform/payload/caller'

/** These ask by themselves whether the caller may use the panel, and answer in a way that its forms understand. */
const ASK_THEMSELVES = ['form-state', 'table-state']

/**
 * Keeps the panel's server functions for admins. Payload asks of some of them only that somebody is signed in: of the
 * one that renders a widget, for one, which would show any user what the dashboard shows. Throws for anybody else.
 */
export async function requirePanelUser(payload: Payload, name: string): Promise<void> {
  if (ASK_THEMSELVES.includes(name)) return
  const { user } = await hubStrategy.authenticate({ headers: await headers(), payload })
  const me = user as HubUser | null
  if (me?.role !== 'admin' || me.via !== 'session') throw new Error('Only admins use the panel')
}
