import type { FlattenedField } from 'payload'
import type { Changes } from './record'

/** Shown in place of a secret. */
export const HIDDEN = '[hidden]'

const MOST_CHARACTERS = 4_000
const NOT_COMPARED = new Set(['id', 'createdAt', 'updatedAt'])
const SECRET_NAME = /secret|password|passwd|authorization|cookie|api[-_]?key$|token$|hash$|salt$/i

type Document = Record<string, unknown>

/**
 * The difference between two states of a document, field by field. It leaves out fields that Payload does not store,
 * that are hidden from everybody, or that the later state does not contain. Secrets are hidden and long values cut.
 */
export function difference(fields: readonly FlattenedField[], before: Document, after: Document): Changes {
  const changes: Changes = {}
  for (const field of fields.filter(isCompared)) {
    if (after[field.name] === undefined) continue
    const from = plain(field, before[field.name])
    const to = plain(field, after[field.name])
    if (JSON.stringify(from) === JSON.stringify(to)) continue
    changes[field.name] = { from: shown(field.name, from), to: shown(field.name, to) }
  }
  return changes
}

/** A created (`to`) or deleted (`from`) document: its fields, without the empty ones. */
export function wholeDocument(
  fields: readonly FlattenedField[],
  document: Document,
  side: 'from' | 'to',
): Changes {
  const empty = Object.fromEntries(fields.map(({ name }) => [name, null]))
  return side === 'to' ? difference(fields, {}, document) : difference(fields, document, { ...empty })
}

function isCompared(field: FlattenedField): boolean {
  if (NOT_COMPARED.has(field.name) || field.type === 'join') return false
  return !('virtual' in field && field.virtual) && !('hidden' in field && field.hidden)
}

/** A value without differences that mean nothing: a related document becomes its id, a row of an array loses its id. */
function plain(field: FlattenedField, value: unknown): unknown {
  if (value === undefined || value === null || value === '') return null
  if (field.type === 'relationship' || field.type === 'upload') return related(value)
  if (Array.isArray(value) && value.length === 0) return null
  return field.type === 'array' && Array.isArray(value) ? value.map(withoutId) : value
}

function related(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(related)
  if (typeof value !== 'object' || value === null) return value
  const { id, relationTo, value: inner } = value as { id?: unknown; relationTo?: unknown; value?: unknown }
  return relationTo === undefined ? id : { relationTo, value: related(inner) }
}

function withoutId(row: unknown): unknown {
  if (typeof row !== 'object' || row === null) return row
  const { id: _id, ...rest } = row as Document
  return rest
}

function shown(name: string, value: unknown): unknown {
  if (value === null) return null
  if (SECRET_NAME.test(name)) return HIDDEN
  const safe = withoutSecrets(value)
  const text = JSON.stringify(safe)
  return text.length > MOST_CHARACTERS
    ? `${text.slice(0, MOST_CHARACTERS)}… (${text.length} characters)`
    : safe
}

/** Hides every value, at any depth, whose name is that of a secret. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      SECRET_NAME.test(key) && typeof inner === 'string' ? HIDDEN : withoutSecrets(inner),
    ]),
  )
}
