import { checkEndpoint } from '../../platform/outbound/address-guard'
import { checkHeader } from '../../platform/outbound/headers'
import { toolSettings } from '../../platform/outbound/outbound-settings'
import { MAIN } from '../tools/model-row'
import { unrepeatable } from '../tools/repeated-secrets'
import { openSecrets, SecretUnreadable } from '../tools/secrets'
import type { ModelAdapterName, Tool, Upstream } from '../tools/tool'
import type { Target } from './adapter'

/** Where each provider is, unless a tool says otherwise. An OpenAI-compatible server always says. */
const PROVIDERS: Record<ModelAdapterName, string> = {
  openai: '',
  anthropic: 'https://api.anthropic.com/v1',
  google: 'https://generativelanguage.googleapis.com/v1beta',
}

const opened = new WeakMap<Upstream, Pick<Target, 'headers' | 'secrets'>>()

/**
 * One upstream of a tool, ready to be called, with its secrets in its headers; or why it may not be called, as a text
 * for the log. Secrets are opened at the first call.
 */
export function targetOf(tool: Tool, upstream: Upstream): Target | string {
  const baseUrl = (upstream.endpoint ?? PROVIDERS[upstream.adapter]).replace(/\/+$/, '')
  // Looked at again here: the tool may have been saved under another policy.
  const fault = checkEndpoint(baseUrl, toolSettings().policy)
  if (fault) return fault
  try {
    const known = opened.get(upstream) ?? headersOf(tool, upstream)
    opened.set(upstream, known)
    return { upstream, baseUrl, ...known }
  } catch (error) {
    if (error instanceof SecretUnreadable) return error.message
    throw error
  }
}

/** The tool's own headers go to its own address alone; each further upstream has its key. */
function headersOf(tool: Tool, upstream: Upstream): Pick<Target, 'headers' | 'secrets'> {
  const isMain = upstream.name === MAIN
  const plain = { 'user-agent': 'joyfull-ui-hub', ...(isMain ? tool.headers : {}) }
  const secrets = openSecrets(tool, toolSettings().secret, isMain ? null : upstream.name)
  const all = [...Object.entries(plain), ...Object.entries(secrets)]
  const sendable = all.filter(([name, value]) => checkHeader(name, value) === null)
  const headers = Object.fromEntries(sendable.map(([name, value]) => [name.toLowerCase(), value]))
  return { headers, secrets: unrepeatable(Object.values(secrets)) }
}
