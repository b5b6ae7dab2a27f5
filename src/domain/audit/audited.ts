import type {
  CollectionAfterChangeHook,
  CollectionAfterDeleteHook,
  CollectionConfig,
  FlattenedField,
  GlobalAfterChangeHook,
  GlobalConfig,
  PayloadRequest,
  RequestContext,
} from 'payload'
import { notedId } from '../../platform/payload/operation'
import { requestSql } from '../../platform/payload/payload-sql'
import { difference, HIDDEN, wholeDocument } from './difference'
import { payloadBy } from './payload-by'
import { type AuditAction, type Changes, recordAudit } from './record'
import { nameRelated } from './related-names'

type Document = Record<string, unknown> & { id?: string }

/** Names of the secrets that an operation sets for the document of this id; null for a new document, or a global. */
export type SecretsOf = (context: RequestContext, id: string | number | null | undefined) => string[]

type Settings = {
  /** The name that people see for a document; defaults to its `useAsTitle`. */
  title?: (doc: Document) => unknown
  /** Names of secrets that this operation sets and that no document contains: they are recorded as hidden. */
  secrets?: SecretsOf
}

/**
 * Records every create, update and delete of a collection, through every interface, in the same transaction. Its hooks
 * run first, so that they do not see what other hooks add to the response (a new key).
 */
export function audited(collection: CollectionConfig, settings: Settings = {}): CollectionConfig {
  const title = settings.title ?? ((doc) => doc[collection.admin?.useAsTitle ?? 'id'])
  const record = async (req: PayloadRequest, action: AuditAction, doc: Document, changes: Changes) => {
    const { slug: subject } = collection
    const named = await nameRelated(req, subject, changes)
    const about = { subject, subjectId: String(doc.id), title: text(title(doc)) }
    await recordAudit(await requestSql(req), payloadBy(req), [{ action, ...about, changes: named }])
  }
  const afterChange: CollectionAfterChangeHook = async ({ collection: { flattenedFields }, ...args }) => {
    const { doc, previousDoc, operation, req, context } = args
    const secrets = hidden(settings.secrets?.(context, notedId(operation, doc)) ?? [])
    const changes = { ...changesOf(flattenedFields, operation, previousDoc, doc), ...secrets }
    if (operation === 'create' || Object.keys(changes).length > 0) await record(req, operation, doc, changes)
    return doc
  }
  const afterDelete: CollectionAfterDeleteHook = async ({ collection: { flattenedFields }, doc, req }) => {
    await record(req, 'delete', doc, wholeDocument(flattenedFields, doc, 'from'))
    return doc
  }
  const { hooks } = collection
  return {
    ...collection,
    hooks: {
      ...hooks,
      afterChange: [afterChange, ...(hooks?.afterChange ?? [])],
      afterDelete: [afterDelete, ...(hooks?.afterDelete ?? [])],
    },
  }
}

/** The same for a global. */
export function auditedGlobal(global: GlobalConfig, settings: Settings = {}): GlobalConfig {
  const afterChange: GlobalAfterChangeHook = async ({
    doc,
    previousDoc,
    req,
    context,
    global: { flattenedFields },
  }) => {
    const secrets = hidden(settings.secrets?.(context, null) ?? [])
    const changes = { ...difference(flattenedFields, previousDoc ?? {}, doc), ...secrets }
    if (Object.keys(changes).length === 0) return doc
    const about = { subject: global.slug, subjectId: null, title: text(global.label) ?? global.slug }
    const named = await nameRelated(req, global.slug, changes)
    await recordAudit(await requestSql(req), payloadBy(req), [{ action: 'update', ...about, changes: named }])
    return doc
  }
  return {
    ...global,
    hooks: { ...global.hooks, afterChange: [afterChange, ...(global.hooks?.afterChange ?? [])] },
  }
}

function changesOf(
  fields: FlattenedField[],
  operation: 'create' | 'update',
  before: Document | undefined,
  after: Document,
): Changes {
  return operation === 'create' ? wholeDocument(fields, after, 'to') : difference(fields, before ?? {}, after)
}

const hidden = (names: string[]): Changes =>
  Object.fromEntries(names.map((name) => [name, { from: HIDDEN, to: HIDDEN }]))

const text = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, 200) : null)
