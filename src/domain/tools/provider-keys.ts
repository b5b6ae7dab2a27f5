import type { Sql } from '../../platform/database/sql'
import type { ProblemDetail } from '../../platform/kernel/problem'
import { checkHeader } from '../../platform/outbound/headers'
import { destinationOf, upstreamsOf } from './model-checks'
import { isModelAdapter, type ModelAdapterName } from './tool'

type Data = Record<string, unknown>

/** The header for the key of each kind of provider. */
const KEY_HEADER: Record<ModelAdapterName, { name: string; value: (key: string) => string }> = {
  openai: { name: 'Authorization', value: (key) => `Bearer ${key}` },
  anthropic: { name: 'x-api-key', value: (key) => key },
  google: { name: 'x-goog-api-key', value: (key) => key },
}

/** Secrets by their stored name; null removes a secret. */
export type StoredSecrets = Record<string, string | null>

/** A further upstream's secret is stored as `upstream:Header`: header names contain no colon. */
export const SEPARATOR = ':'

/**
 * The keys that a document sets (`providerKey`, `upstreamKeys`), as secret headers, and what is wrong with them. An
 * empty key leaves the stored one as it is.
 */
export function readProviderKeys(data: Data): { secrets: StoredSecrets; faults: ProblemDetail[] } {
  const secrets: StoredSecrets = {}
  const faults: ProblemDetail[] = []
  const add = (field: string, prefix: string, adapter: unknown, key: unknown) => {
    if (!isModelAdapter(adapter)) return
    const { name, value } = KEY_HEADER[adapter]
    const header = typeof key === 'string' ? value(key.trim()) : null
    const fault = key !== null && (header === null ? 'A text is required' : checkHeader(name, header))
    if (fault) faults.push({ field, message: fault })
    else secrets[`${prefix}${name}`] = header
  }
  if (data.providerKey) add('providerKey', '', data.adapter, data.providerKey)
  const keys = data.upstreamKeys
  if (keys === null || keys === undefined) return { secrets, faults }
  if (typeof keys !== 'object' || Array.isArray(keys))
    return { secrets, faults: [...faults, { field: 'upstreamKeys', message: 'An object: name → key' }] }
  for (const [name, key] of Object.entries(keys as Data)) {
    const upstream = upstreamsOf(data).find((one) => one.name === name)
    if (upstream) add('upstreamKeys', `${name}${SEPARATOR}`, upstream.adapter, key)
    else faults.push({ field: 'upstreamKeys', message: `There is no upstream ${name.slice(0, 40)}` })
  }
  return { secrets, faults }
}

/** Removes the secrets of upstreams that were removed or have a new destination. */
export async function clearMovedKeys(sql: Sql, toolId: string, before: Data, after: Data): Promise<void> {
  for (const old of upstreamsOf(before)) {
    const now = upstreamsOf(after).find((one) => one.name === old.name)
    const stays = now && destinationOf(now.adapter, now.endpoint) === destinationOf(old.adapter, old.endpoint)
    if (stays) continue
    await sql.query('delete from tool_secrets where tool_id = $1 and starts_with(name, $2)', [
      toolId,
      `${String(old.name)}${SEPARATOR}`,
    ])
  }
}
