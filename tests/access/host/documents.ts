import type { CollectionSlug, Payload } from 'payload'
import { PASSWORD, unique } from '../../support/people'

/** A document that an attempt is about, and one of its versions where it keeps some. */
export type Target = { slug: string; id: string; version: string; filename: string; staffId: string }

const everyone = { constraint: 'everyone' }

/** What creates a document of this collection. */
export function dataOf(slug: string, staffId: string): Record<string, unknown> {
  switch (slug) {
    case 'staff':
      return { email: `${unique('staff')}@example.org`, password: PASSWORD }
    case 'payload-folders':
      return { name: unique('folder') }
    case 'payload-locked-documents':
      return { globalSlug: 'header', user: { relationTo: 'staff', value: staffId } }
    case 'payload-query-presets':
      return {
        title: unique('preset'),
        relatedCollection: 'posts',
        isShared: true,
        access: { read: everyone, update: everyone, delete: everyone },
      }
    default:
      return { title: unique('title') }
  }
}

/** What changes one. */
export function changeOf(slug: string): Record<string, unknown> {
  if (slug === 'staff') return { email: `${unique('changed')}@example.org` }
  if (slug === 'payload-folders') return { name: unique('changed') }
  if (slug === 'payload-locked-documents') return { globalSlug: 'changed' }
  return { title: unique('changed') }
}

/** A new document, made by the host itself. */
export async function newTarget(payload: Payload, slug: string, staffId: string): Promise<Target> {
  const collection = slug as CollectionSlug
  const { id, filename } = await made(payload, collection, staffId)
  const keepsVersions = Boolean(payload.collections[collection]?.config.versions)
  const versions = keepsVersions
    ? await payload.findVersions({ collection, where: { parent: { equals: id } } })
    : { docs: [] }
  return { slug, id, version: String(versions.docs[0]?.id ?? ''), filename: filename ?? '', staffId }
}

async function made(payload: Payload, collection: CollectionSlug, staffId: string) {
  const data = dataOf(collection, staffId)
  // The adapter hashes no password, which takes Payload half a second.
  if ((collection as string) === 'staff')
    return (await payload.db.create({ collection, data: { email: data.email } })) as {
      id: string
      filename?: string
    }
  const file = (collection as string) === 'files' ? { file: smallFile() } : {}
  const doc = await payload.create({ collection, data, ...file } as never)
  return doc as unknown as { id: string; filename?: string }
}

const smallFile = () => {
  const data = Buffer.from('Only for those who may read it')
  return { data, mimetype: 'text/plain', name: `${unique('file')}.txt`, size: data.length }
}

/** The same as a form. */
export function fileForm(): FormData {
  const { data, mimetype, name } = smallFile()
  const form = new FormData()
  form.append('file', new Blob([data], { type: mimetype }), name)
  form.append('_payload', JSON.stringify({ title: unique('title') }))
  return form
}
