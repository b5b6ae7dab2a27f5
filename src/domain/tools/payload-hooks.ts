import type {
  CollectionAfterChangeHook,
  CollectionBeforeChangeHook,
  CollectionBeforeValidateHook,
} from 'payload'
import type { Sql } from '../../platform/database/sql'
import { invalidField, Problem, type ProblemDetail } from '../../platform/kernel/problem'
import { addressPolicy, checkEndpoint } from '../../platform/outbound/address-guard'
import { notedId } from '../../platform/payload/operation'
import { requestSql } from '../../platform/payload/payload-sql'
import { runtime } from '../../platform/runtime/runtime'
import { builtinTools } from './builtin'
import { checkInputSchema } from './input'
import { checkModel, destinationOf } from './model-checks'
import { clearMovedKeys, readProviderKeys } from './provider-keys'
import { checkHeaders, clearToolSecrets, setToolSecrets } from './secrets'
import { readStored, type StoredTool } from './stored-destination'
import { storedToolNote, toolSecretsNote } from './stored-tool'
import { isModelAdapter } from './tool'

type Secrets = Record<string, string | null>

/** Makes the slug from the name where none is given. */
export const fillSlug: CollectionBeforeValidateHook = ({ data, operation }) => {
  if (!data) return data
  if (operation === 'create' && !data.slug && typeof data.name === 'string') data.slug = toSlug(data.name)
  if (typeof data.slug === 'string' && !/^[a-z0-9][a-z0-9-]{0,99}$/.test(data.slug)) {
    throw invalidField('slug', 'Small letters, digits and hyphens, starting with a letter or digit')
  }
  return data
}

/** `Count tokens!` becomes `count-tokens`; a name without a letter or digit gives no slug. */
export function toSlug(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 100)
}

/** Checks what a form cannot: the endpoint's address, the schema, the headers. Every fault is named. */
export const checkTool: CollectionBeforeChangeHook = ({ data, context, operation, originalDoc }) => {
  const faults: ProblemDetail[] = [...checkDestination(data), ...checkSchema(data), ...checkMetering(data)]
  const secrets = data.secretHeaders as Secrets | null | undefined
  for (const [field, headers] of [
    ['headers', data.headers],
    ['secretHeaders', secrets],
  ] as const) {
    if (headers) faults.push(...checkHeaders(headers).map((message) => ({ field, message })))
  }
  const keys = readProviderKeys(data)
  faults.push(...keys.faults)
  if (faults.length > 0)
    throw new Problem('VALIDATION_ERROR', faults.map((f) => `${f.field}: ${f.message}`).join('; '), {
      details: faults,
    })
  toolSecretsNote.write(context, notedId(operation, originalDoc), { ...secrets, ...keys.secrets })
  const { secretHeaders: _secret, providerKey: _key, upstreamKeys: _keys, ...rest } = data
  return rest
}

function checkDestination(data: Record<string, unknown>): ProblemDetail[] {
  if (data.adapter === 'builtin') {
    const known = Object.keys(builtinTools)
    return known.includes(String(data.builtin))
      ? []
      : [{ field: 'builtin', message: `One of ${known.join(', ')}` }]
  }
  if (isModelAdapter(data.adapter)) return checkModel(data)
  if (data.adapter === 'mcp' && !data.remoteTool)
    return [{ field: 'remoteTool', message: "The tool's name on the MCP server is required" }]
  if (!data.endpoint) return [{ field: 'endpoint', message: 'An address is required' }]
  const fault = checkEndpoint(String(data.endpoint), addressPolicy(runtime().config))
  return fault ? [{ field: 'endpoint', message: fault }] : []
}

function checkSchema(data: Record<string, unknown>): ProblemDetail[] {
  if (data.inputSchema === null || data.inputSchema === undefined) return []
  return checkInputSchema(data.inputSchema).map((message) => ({ field: 'inputSchema', message }))
}

function checkMetering(data: Record<string, unknown>): ProblemDetail[] {
  const missing = data.meteringMode === 'fixed' && !Number.isSafeInteger(data.meteringTokens)
  return missing ? [{ field: 'meteringTokens', message: 'A fixed price needs its number of tokens' }] : []
}

/**
 * Stores secret headers in their own table; those of another origin are removed before. What counts is where the stored
 * tool goes before and after the change, as the database has it: a draft beside it changes neither.
 */
export const storeSecrets: CollectionAfterChangeHook = async ({ doc, operation, req, context }) => {
  const noted = notedId(operation, doc)
  const secrets = toolSecretsNote.take(context, noted)
  const before = storedToolNote.take(context, noted)
  const sql = await requestSql(req)
  const stored = await readStored(sql, doc.id)
  if (!stored) return doc
  if (operation === 'update') await clearMovedSecrets(sql, doc.id, before ?? null, stored)
  if (secrets) await setToolSecrets(sql, doc.id, secrets, runtime().secret)
  return doc
}

async function clearMovedSecrets(
  sql: Sql,
  id: string,
  before: StoredTool | null,
  now: StoredTool,
): Promise<void> {
  const moved = destinationOf(before?.adapter, before?.endpoint) !== destinationOf(now.adapter, now.endpoint)
  if (moved) await clearToolSecrets(sql, id)
  await clearMovedKeys(sql, id, before ?? {}, now)
}
