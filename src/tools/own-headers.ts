import { checkHeader } from './headers'
import { openSecrets, SecretUnreadable } from './secrets'
import { toolSettings } from './settings'
import type { Tool } from './tool'

const opened = new WeakMap<Tool, Record<string, string>>()

/**
 * The headers that an admin gave a tool, secrets among them, opened at its first call; names in lower case. Later ones
 * win; a faulty one is left out. A secret that cannot be opened is answered as what it is.
 */
export function ownHeaders(tool: Tool): Record<string, string> | SecretUnreadable {
  const known = opened.get(tool)
  if (known) return known
  try {
    const headers = sendable({ ...tool.headers }, openSecrets(tool, toolSettings().secret))
    opened.set(tool, headers)
    return headers
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
