import type { Sql } from '../../platform/database/sql'
import { Problem } from '../../platform/kernel/problem'
import { perProcess } from '../../platform/kernel/process'
import { checkHeaders } from '../../platform/outbound/headers'
import {
  decryptSecret,
  encryptSecret,
  type SealedSecret,
  SecretUnreadable,
} from '../../platform/outbound/seal'
import { SEPARATOR } from './provider-keys'
import { destinationFor, readStored } from './stored-destination'
import type { Tool } from './tool'

export { checkHeader, checkHeaders } from '../../platform/outbound/headers'
export {
  decryptSecret,
  encryptSecret,
  type SealedSecret,
  SecretUnreadable,
} from '../../platform/outbound/seal'

/**
 * Stores secret headers of a tool, encrypted for the stored tool's destination. Null removes a header; headers that are not
 * named stay. For a further upstream, the name begins with the upstream's name and a colon. Run this after the tool is
 * saved, in the same transaction. Throws VALIDATION_ERROR for an invalid header name or value.
 */
export async function setToolSecrets(
  sql: Sql,
  toolId: string,
  values: Record<string, string | null>,
  secret: string,
): Promise<void> {
  const faults = Object.entries(values).flatMap(([name, value]) => checkHeaders({ [headerOf(name)]: value }))
  if (faults.length > 0) {
    const details = faults.map((message) => ({ field: 'secretHeaders', message }))
    throw new Problem('VALIDATION_ERROR', faults.join('; '), { details })
  }
  const stored = await readStored(sql, toolId)
  for (const [name, value] of Object.entries(values)) {
    // Names ignore case: `x-key` replaces `X-Key`.
    await sql.query('delete from tool_secrets where tool_id = $1 and lower(name) = lower($2)', [toolId, name])
    if (value === null) continue
    const destination = stored && destinationFor(stored, upstreamOf(name))
    const { sealed } = encryptSecret(toolId, name, value, secret, destination ?? null)
    // The empty columns are for earlier versions of the hub: they find a secret that they cannot decrypt.
    await sql.query(
      `insert into tool_secrets (tool_id, name, key_id, nonce, ciphertext, sealed) values ($1, $2, '', '', '', $3)`,
      [toolId, name, sealed],
    )
  }
}

/** Removes the secret headers of a tool's own address, which belonged to the previous origin. */
export async function clearToolSecrets(sql: Sql, toolId: string): Promise<void> {
  await sql.query(`delete from tool_secrets where tool_id = $1 and strpos(name, '${SEPARATOR}') = 0`, [
    toolId,
  ])
}

const sealedSecrets = () =>
  perProcess('tools.sealed-secrets', () => new WeakMap<Tool, readonly SealedSecret[]>())

/**
 * Keeps a tool's encrypted secrets outside the object, so that a tool can be returned and logged without them. They belong
 * to this object: a call that began before a change of endpoint never sends the new secrets.
 */
export function keepSealedSecrets(tool: Tool, sealed: readonly SealedSecret[]): void {
  sealedSecrets().set(tool, sealed)
}

/**
 * Decrypts the secret headers of a tool's own address, or of the named further upstream, for one call. This works only for
 * the destination that they were stored for, whatever address the tool has now. Throws `SecretUnreadable`.
 */
export function openSecrets(
  tool: Tool,
  secret: string,
  upstream: string | null = null,
): Record<string, string> {
  if (tool.secretNames.length === 0) return {}
  const sealed = sealedSecrets().get(tool)
  if (!sealed) throw new SecretUnreadable('the tool was not loaded with its secret headers')
  const own = sealed.filter(({ name }) => upstreamOf(name) === upstream)
  const { adapter, endpoint, model } = tool
  const destination = destinationFor({ adapter, endpoint, upstreams: model?.upstreams ?? [] }, upstream)
  const open = (one: SealedSecret) => decryptSecret(tool.id, one, secret, destination ?? null)
  return Object.fromEntries(own.map((one) => [headerOf(one.name), open(one)]))
}

/** The further upstream to which a stored secret belongs; null for the tool's own address. */
export function upstreamOf(name: string): string | null {
  return name.includes(SEPARATOR) ? (name.split(SEPARATOR)[0] as string) : null
}

function headerOf(name: string): string {
  return name.slice(name.indexOf(SEPARATOR) + 1)
}
