import { type CollectionSlug, Forbidden, type Where } from 'payload'
import { changeOf, dataOf, fileForm, type Target } from './documents'
import type { Operation } from './operations'
import type { Person } from './people'
import type { Host } from './start'

/** One attempt through the Local API with `overrideAccess: false`, as the host's own code calls it for a user. */
export function byLocal(host: Host, person: Person, operation: Operation, target: Target): Promise<boolean> {
  return passes(() => calls(host, person, target)[operation]())
}

/** Whether access allows it. Every other failure is the test's. */
export async function passes(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call()
    return true
  } catch (error) {
    if (error instanceof Forbidden) return false
    throw error
  }
}

function calls({ payload }: Host, person: Person, target: Target): Record<Operation, () => Promise<unknown>> {
  const { slug, id, version, staffId } = target
  const collection = slug as CollectionSlug
  const as = { collection, overrideAccess: false as const, user: person.user as never }
  const where: Where = { id: { equals: id } }
  const data = changeOf(slug) as never
  return {
    list: async () => {
      await payload.find({ ...as, where })
      await payload.findDistinct({ ...as, field: 'createdAt', where } as never)
    },
    count: () => payload.count({ ...as, where }),
    read: () => payload.findByID({ ...as, id }),
    create: async () =>
      payload.create({ ...as, data: dataOf(slug, staffId) as never, ...(await fileOf(slug)) } as never),
    update: () => payload.update({ ...as, id, data }),
    'bulk update': () => payload.update({ ...as, where, data }),
    duplicate: () => payload.duplicate({ ...as, id } as never),
    delete: () => payload.delete({ ...as, id }),
    'bulk delete': () => payload.delete({ ...as, where }),
    'list versions': async () => {
      await payload.countVersions({ ...as, where: { parent: { equals: id } } })
      await payload.findVersions({ ...as, where: { parent: { equals: id } } })
    },
    'read version': () => payload.findVersionByID({ ...as, id: version }),
    'restore version': () => payload.restoreVersion({ ...as, id: version }),
  }
}

async function fileOf(slug: string) {
  if (slug !== 'files') return {}
  const file = fileForm().get('file') as File
  const data = Buffer.from(await file.arrayBuffer())
  return { file: { data, mimetype: file.type, name: file.name, size: data.length } }
}
