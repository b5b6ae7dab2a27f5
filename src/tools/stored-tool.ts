import type { CollectionBeforeChangeHook, CollectionBeforeOperationHook, RequestContext } from 'payload'
import { requestSql } from '../database/payload-sql'
import type { Sql } from '../database/sql'
import { invalidField } from '../problem'

/** Where the stored tool goes: what its secrets belong to. The names are the document's. */
export type StoredTool = {
  adapter: string | null
  endpoint: string | null
  upstreams: { name: string; adapter: string | null; endpoint: string | null }[]
}

/** Notes whether a draft is asked for: Payload tells its other hooks only of the document. */
export const noteDraft: CollectionBeforeOperationHook = ({ args, operation, context }) => {
  if (operation === 'update' || operation === 'restoreVersion')
    context.draftAsked = (args as { draft?: boolean }).draft === true
}

/** The context of an update that changes the published tool, whatever draft there is beside it. */
export const ON_PUBLISHED = 'onPublished'

/**
 * Payload begins an update from the last draft, and would publish along what somebody is still working on, or take the
 * tool from its users. A change that says nothing of drafts, and any with `ON_PUBLISHED`, is made to the published
 * fields instead; the draft stays among the versions.
 */
export const fromPublished: CollectionBeforeOperationHook = async ({ args, operation, context, req }) => {
  const { id, data, draft, trash } = args as unknown as Update
  if (operation !== 'update' || id === undefined) return args
  const isAsked = context[ON_PUBLISHED] === true
  if (!isAsked && (draft === true || data._status !== undefined)) return args
  const stored = await req.payload.findByID({
    collection: 'tools',
    id,
    req,
    depth: 0,
    draft: false,
    trash,
    disableErrors: true,
  })
  if (stored === null || (!isAsked && stored._status !== 'published')) return args
  const { createdAt: _createdAt, updatedAt: _updatedAt, ...fields } = stored
  return { ...args, data: { ...fields, ...data, _status: 'published' } }
}

type Update = { id?: string; data: Record<string, unknown>; draft?: boolean; trash?: boolean }

/**
 * Secrets belong to the stored tool, the one that is called; a draft beside it is a version, and versions hold none.
 * So a draft sets none, and a change of the stored tool is compared with what is stored, not with the last draft.
 */
export const noteStored: CollectionBeforeChangeHook = async ({
  data,
  originalDoc,
  operation,
  req,
  context,
}) => {
  if (operation !== 'update') return data
  context.isDraftBeside = isDraftBeside(context, data)
  if (!context.isDraftBeside) {
    context.storedTool = await readStored(await requestSql(req), String(originalDoc?.id), true)
    return data
  }
  const [named] = Object.keys((context.toolSecrets as object | undefined) ?? {})
  if (named === undefined) return data
  const field = named.includes(':') ? 'upstreamKeys' : 'secretHeaders'
  throw invalidField(
    field,
    'A draft holds no secret: publish to set it, switched off if nobody may call it yet',
  )
}

/** Payload's own rule: a draft that says it is published is none. */
function isDraftBeside(context: RequestContext, data: { _status?: unknown }): boolean {
  if (context.draftAsked !== true) return false
  return context.isRestoringVersion === true || data._status !== 'published'
}

/** Where the stored tool goes; null for one that is gone. `lock` keeps it so until the transaction ends. */
export async function readStored(sql: Sql, id: string, lock = false): Promise<StoredTool | null> {
  const { rows } = await sql.query<StoredTool>(
    `select t.adapter::text as adapter, t.endpoint, coalesce((
       select json_agg(json_build_object('name', u.name, 'adapter', u.adapter, 'endpoint', u.endpoint))
       from tools_upstreams u where u._parent_id = t.id), '[]') as upstreams
     from tools t where t.id = $1 ${lock ? 'for no key update of t' : ''}`,
    [id],
  )
  return rows[0] ?? null
}
