import type { CollectionSlug, FlattenedField, PayloadRequest } from 'payload'
import type { Changes } from './record'

/**
 * The changes, with each related document as `Pro (its id)` instead of a bare id. It looks up only what changed; a
 * deleted document stays an id.
 */
export async function nameRelated(req: PayloadRequest, slug: string, changes: Changes): Promise<Changes> {
  const named = { ...changes }
  for (const field of fieldsOf(req, slug)) {
    const change = changes[field.name]
    if (!change || (field.type !== 'relationship' && field.type !== 'upload')) continue
    if (typeof field.relationTo !== 'string') continue
    const name = (value: unknown) => nameOf(req, field.relationTo as CollectionSlug, value)
    named[field.name] = { from: await name(change.from), to: await name(change.to) }
  }
  return named
}

function fieldsOf({ payload }: PayloadRequest, slug: string): FlattenedField[] {
  const collection = payload.collections[slug as CollectionSlug]?.config
  const global = payload.globals.config.find((one) => one.slug === slug)
  return (collection ?? global)?.flattenedFields ?? []
}

async function nameOf(req: PayloadRequest, collection: CollectionSlug, value: unknown): Promise<unknown> {
  if (typeof value !== 'string') return value
  const title = req.payload.collections[collection].config.admin.useAsTitle
  const { docs } = await req.payload.find({
    collection,
    where: { id: { equals: value } },
    depth: 0,
    limit: 1,
    pagination: false,
    overrideAccess: true,
    req,
  })
  const name = (docs[0] as Record<string, unknown> | undefined)?.[title ?? 'id']
  return typeof name === 'string' ? `${name} (${value})` : value
}
