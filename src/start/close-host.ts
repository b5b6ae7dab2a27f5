import type { Payload } from 'payload'
import { isCustomer } from '../platform/payload/access'
import { closeToCustomers } from '../platform/payload/close-to-customers'

/**
 * Closes to customers what still has Payload's default access, and logs the list if the application has collections or
 * globals of its own. `ours` are the slugs of those that the hub brings.
 */
export function closeHost(
  { config, logger }: Payload,
  open: readonly string[],
  ours: readonly string[],
): void {
  const { closed, own } = closeToCustomers(config, { isCustomer, open })
  const ofHost = (name: string) =>
    !/^(payload-|jobs\.(run|queue|cancel)$)/.test(name) && !ours.includes(slugOf(name))
  if (!closed.some(ofHost)) return
  const left = own.filter((name) => !ours.includes(slugOf(name)))
  logger.info(
    `Closed to the hub's customers, because only Payload's default access applied: ${closed.join(', ')}. ` +
      `Access functions of the application decide about: ${left.join(', ') || 'nothing'}. ` +
      'Check that they do not admit everybody who is signed in.',
  )
}

const slugOf = (name: string): string => name.slice(0, name.lastIndexOf('.'))
