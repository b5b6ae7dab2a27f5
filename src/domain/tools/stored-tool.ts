import type { CollectionBeforeChangeHook, CollectionBeforeOperationHook } from 'payload'
import type { Sql } from '../../platform/database/sql'
import { invalidField } from '../../platform/kernel/problem'
import { contextOf, operationNote } from '../../platform/payload/operation'
import { requestSql } from '../../platform/payload/payload-sql'
import { SEPARATOR, type StoredSecrets } from './provider-keys'
import { readStored, type StoredTool } from './stored-destination'

/** The address of the stored tool before a change. */
export const storedToolNote = operationNote<StoredTool | null>()

type Asked = { draft: boolean; restores: boolean }
const askedNote = operationNote<Asked>()

/** Notes whether a draft was requested: Payload's other hooks get only the document. */
export const noteDraft: CollectionBeforeOperationHook = async ({ args, operation, req }) => {
  if (operation !== 'update' && operation !== 'restoreVersion') return
  const { id, draft } = args as { id?: string; draft?: boolean }
  const restores = operation === 'restoreVersion'
  const of = restores ? await toolOfVersion(await requestSql(req), id) : id
  askedNote.write(contextOf(args), of, { draft: draft === true, restores })
}

async function toolOfVersion(sql: Sql, version: string | undefined): Promise<string | undefined> {
  const { rows } = await sql.query<{ id: string }>('select parent_id as id from _tools_v where id = $1', [
    version,
  ])
  return rows[0]?.id
}

/** The context of an update that changes the published tool with this id, even if a draft exists. */
export const onPublished = (id: string): { onPublished: string } => ({ onPublished: id })

/**
 * Payload starts an update from the latest draft. So a change would publish unfinished work, or take the tool from its users.
 * A change without `draft`, and any change with `onPublished`, is applied to the published fields instead. The draft stays
 * among the versions.
 */
export const fromPublished: CollectionBeforeOperationHook = async ({ args, operation, req }) => {
  const { id, data, draft, trash } = args as unknown as Update
  if (operation !== 'update' || id === undefined) return args
  const isAsked = contextOf(args).onPublished === id
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
 * Secrets belong to the stored tool, which is the one that is called. A draft is a version, and versions contain no secrets.
 * So a draft sets none, and a change of the stored tool is compared with the stored tool, not with the latest draft.
 */
export const noteStored: CollectionBeforeChangeHook = async (args) => {
  const { data, originalDoc, operation, req, context } = args
  if (operation !== 'update') return data
  const id = String(originalDoc?.id)
  storedToolNote.write(context, id, await readStored(await requestSql(req), id, true))
  const [named] = Object.keys(toolSecretsNote.read(context, id) ?? {})
  if (named !== undefined && isDraftBeside(askedNote.read(context, id), data)) {
    const field = named.includes(SEPARATOR) ? 'upstreamKeys' : 'secretHeaders'
    throw invalidField(
      field,
      'A draft cannot store a secret. Publish the tool to set it, inactive if nobody may call it yet',
    )
  }
  return data
}

/** The secrets that an operation sets for a tool, by their stored names. */
export const toolSecretsNote = operationNote<StoredSecrets>()

/** Payload's own rule: a draft with the status `published` is no draft. A change without a note is treated as a draft. */
function isDraftBeside(asked: Asked | undefined, data: { _status?: unknown }): boolean {
  if (!asked) return true
  return asked.draft && (asked.restores || data._status !== 'published')
}
