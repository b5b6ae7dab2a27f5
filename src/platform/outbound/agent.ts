import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector } from 'undici'
import { perProcess, setPerProcess } from '../kernel/process'
import { type AddressPolicy, bareHost, isAllowedHost, mayConnect } from './address-guard'
import { toolSettings } from './outbound-settings'

const CONNECT_TIMEOUT_MS = 10_000
/** For each origin: 1,000 callers of one slow tool need 1,000 connections. */
const MOST_CONNECTIONS = 2_048

/** The address of a tool's endpoint is not allowed. */
export class AddressRefused extends Error {
  override name = 'AddressRefused'
}

/** The only agent for outgoing calls: it reuses connections and checks every new one. */
export function toolAgent(): Agent {
  return perProcess('tools.agent', () => makeAgent(toolSettings().policy))
}

/** Closes the process's agent after the calls in flight. The next call would create a new one. */
export async function closeToolAgent(): Promise<void> {
  const agent = toolAgent()
  setPerProcess('tools.agent', undefined)
  await agent.close()
}

/** Creates an agent with this policy. The caller implements the timeout, which covers all attempts. */
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
 * Connects only to checked addresses. The name is resolved once, and the socket gets the checked addresses, so DNS
 * rebinding has no effect. Literal addresses are not resolved, so they are checked here.
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

/** A `lookup` for sockets that removes addresses that are not allowed, and fails if none is left. */
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
