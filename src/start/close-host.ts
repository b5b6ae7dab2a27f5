import type { Payload } from 'payload'
import { isCustomer } from '../platform/payload/access'
import { closeToCustomers } from '../platform/payload/close-to-customers'

/**
 * Closes to customers what still has Payload's default access, and logs the list. `ours` are the slugs of the hub's own
 * collections and globals.
 */
export function closeHost(
  { config, logger }: Payload,
  open: readonly string[],
  ours: readonly string[],
): void {
  const { closed, own } = closeToCustomers(config, { isCustomer, open })
  if (closed.length === 0) return
  const hosts = own.filter((name) => !ours.includes(name.slice(0, name.lastIndexOf('.'))))
  logger.info(
    { closed, open, own: hosts },
    `Customers have no access to ${closed.join(', ')}.${hosts.length > 0 ? ` Access functions of the application decide about ${hosts.join(', ')}.` : ''}`,
  )
}
