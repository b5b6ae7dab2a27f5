import { UNKNOWN_NETWORK } from '../../platform/kernel/networks'

/** This many wrong passwords in a row lock an account for one network, for this long. Sessions and keys go on working. */
export const LOCK_AFTER_FAILURES = 10
export const LOCK_MINUTES = 10

/** This many in a day, from all networks, close an account to networks and browsers that never signed in to it. */
export const CLOSE_AFTER_FAILURES = 100
export const CLOSE_HOURS = 24

/** How many days a network stays known after its last sign-in. */
export const KNOWN_DAYS = 90

/*
 * The conditions that sign-in, its failures and the check of a current password share. They read `moment` (at),
 * `credentials`, and `network`: the account's row of sign_in_networks for the network of the request, or nulls.
 */

/** Wrong passwords in a row from this network. Earlier versions locked an account with `credentials.locked_until`. */
export const IS_LOCKED = `(coalesce(credentials.locked_until > moment.at, false)
  or coalesce(network.locked_until > moment.at, false))`

/** Too many wrong passwords in a day, over all networks. */
export const IS_CLOSED = `coalesce(credentials.failures_in_day >= ${CLOSE_AFTER_FAILURES}
  and credentials.failures_since > moment.at - interval '${CLOSE_HOURS} hours', false)`

/** Whether the account was recently signed in to from this network. */
export const IS_KNOWN = `coalesce(network.network <> '${UNKNOWN_NETWORK}'
  and network.signed_in_at > moment.at - interval '${KNOWN_DAYS} days', false)`

/** The end of a FROM clause that adds `network`; `place` is the number of the network's value. */
export const joinNetwork = (place: number) => `
  left join sign_in_networks network
    on network.user_id = credentials.user_id and network.network = $${place}::cidr`

/**
 * An account's failed sign-ins as an admin sees them; join it after `credentials`. `until` is the time until which
 * the account is locked for some network or closed (it may have passed); it also has the wrong passwords in a row
 * that still count.
 */
export const LOCK_SHOWN = `lateral (
  select greatest(credentials.locked_until, max(network.locked_until),
      case when credentials.failures_in_day >= ${CLOSE_AFTER_FAILURES}
        then credentials.failures_since + interval '${CLOSE_HOURS} hours' end) as until,
    credentials.failed_logins + coalesce(max(network.failed_logins), 0) as failures
  from sign_in_networks network where network.user_id = credentials.user_id
) shown`
