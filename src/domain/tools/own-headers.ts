import { checkHeader } from '../../platform/outbound/headers'
import { toolSettings } from '../../platform/outbound/outbound-settings'
import { unrepeatable } from './repeated-secrets'
import { openSecrets, SecretUnreadable } from './secrets'
import type { Tool } from './tool'

/** What is sent with a tool's calls, and what of it no answer may repeat. */
export type OwnHeaders = { headers: Record<string, string>; secrets: string[] }

const opened = new WeakMap<Tool, OwnHeaders>()

/**
 * The headers that an admin gave a tool, secrets among them, opened at its first call; names in lower case. Later ones
 * win; a faulty one is left out. An unreadable secret is returned as an error, not thrown.
 */
export function ownHeaders(tool: Tool): OwnHeaders | SecretUnreadable {
  const known = opened.get(tool)
  if (known) return known
  try {
    const secret = openSecrets(tool, toolSettings().secret)
    const own = {
      headers: sendable({ ...tool.headers }, secret),
      secrets: unrepeatable(Object.values(secret)),
    }
    opened.set(tool, own)
    return own
  } catch (error) {
    if (error instanceof SecretUnreadable) return error
    throw error
  }
}

/** Headers that may be sent, the hub's name among them. */
export function sendable(...given: Record<string, string>[]): Record<string, string> {
  const all = given.flatMap((headers) => Object.entries(headers))
  const fit = all.filter(([name, value]) => checkHeader(name, value) === null)
  const lower = fit.map(([name, value]) => [name.toLowerCase(), value])
  return { 'user-agent': 'joyfull-ui-hub', ...Object.fromEntries(lower) }
}
