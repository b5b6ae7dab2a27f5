import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector } from 'undici'
import { perProcess, setPerProcess } from '../kernel/process'
import { type AddressPolicy, bareHost, isAllowedHost, mayConnect } from './address-guard'
import { toolSettings } from './outbound-settings'

const CONNECT_TIMEOUT_MS = 10_000
/** For each origin. 1,000 callers on one slow tool are each a connection of their own. */
const MOST_CONNECTIONS = 2_048

/** The address behind a tool's endpoint is not one that may be called. */
export class AddressRefused extends Error {
  override name = 'AddressRefused'
}

/** The one agent that all calls leave through: it keeps connections and guards every new one. */
export function toolAgent(): Agent {
  return perProcess('tools.agent', () => makeAgent(toolSettings().policy))
}

/** Closes the process's agent after what is under way; the next call would make a new one. */
export async function closeToolAgent(): Promise<void> {
  const agent = toolAgent()
  setPerProcess('tools.agent', undefined)
  await agent.close()
}

/** An agent under this policy. Times are kept by the caller, who counts all tries together. */
export function makeAgent(policy: AddressPolicy, resolve: LookupFunction = lookup): Agent {
  return new Agent({
    connect: guardedConnector(policy, resolve),
    connections: MOST_CONNECTIONS,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 10_000,
    keepAliveMaxTimeout: 60_000,
  })
}

/**
 * Connects to guarded addresses only. The name is looked up once and the socket is given the addresses that
 * were checked, so a name that answers differently the second time gains nothing. Literal addresses never
 * reach a look-up and are checked here.
 */
function guardedConnector(policy: AddressPolicy, resolve: LookupFunction): buildConnector.connector {
  const open = buildConnector({ timeout: CONNECT_TIMEOUT_MS })
  const guarded = buildConnector({ timeout: CONNECT_TIMEOUT_MS, lookup: guardedLookup(policy, resolve) })
  return (options, callback) => {
    const host = bareHost(options.hostname)
    if (isAllowedHost(host, options.port, options.protocol, policy)) return open(options, callback)
    if (isIP(host) !== 0 && !mayConnect(host, policy)) return callback(new AddressRefused(host), null)
    guarded(options, callback)
  }
}

/** A `lookup` for sockets that leaves out the addresses that may not be called, and fails when none is left. */
export function guardedLookup(policy: AddressPolicy, resolve: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0)
      const addresses = (Array.isArray(found) ? found : []).filter(({ address }) =>
        mayConnect(address, policy),
      )
      const [first] = addresses
      if (!first) return callback(new AddressRefused(hostname), '', 0)
      if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}
