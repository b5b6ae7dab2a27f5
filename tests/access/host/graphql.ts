import { NAMES } from './config'
import { changeOf, dataOf, type Target } from './documents'
import { isAllowed, type Operation } from './operations'
import { json, type Person } from './people'
import type { Host } from './start'

/** GraphQL names one document a call, takes no file, has enums for a select, and wants a whole copy. */
export const hasField = (operation: Operation, slug: string): boolean =>
  !operation.startsWith('bulk') &&
  !(operation === 'create' && /^files$|locked|presets/.test(slug)) &&
  !(operation === 'duplicate' && /^files$|^payload-/.test(slug))

/** One attempt through GraphQL. */
export async function byGraphql(host: Host, person: Person, operation: Operation, target: Target) {
  return isAllowed(`${operation} ${target.slug}`, await query(host, person, documentOf(operation, target)))
}

/** Sends a document. */
export const query = (host: Host, { headers }: Person, document: string): Promise<Response> =>
  host.graphql(json('POST', '/api/graphql', headers, { query: document }))

function documentOf(operation: Operation, { slug, id, version, staffId }: Target): string {
  const { one, many } = NAMES[slug] as { one: string; many: string }
  const where = `where: { id: { equals: "${id}" } }`
  switch (operation) {
    case 'list':
      return `{ ${many}(${where}) { docs { id } } }`
    case 'count':
      return `{ count${many}(${where}) { totalDocs } }`
    case 'read':
      return `{ ${one}(id: "${id}") { id } }`
    case 'create':
      return `mutation { create${one}(data: ${literal(dataOf(slug, staffId))}) { id } }`
    case 'update':
      return `mutation { update${one}(id: "${id}", data: ${literal(changeOf(slug))}) { id } }`
    case 'duplicate':
      return `mutation { duplicate${one}(id: "${id}", data: {}) { id } }`
    case 'delete':
      return `mutation { delete${one}(id: "${id}") { id } }`
    case 'list versions':
      return `{ versions${many}(where: { parent: { equals: "${id}" } }) { docs { id } } }`
    case 'read version':
      return `{ version${one}(id: "${version}") { id } }`
    case 'restore version':
      return `mutation { restoreVersion${one}(id: "${version}") { id } }`
    default:
      throw new Error(`GraphQL has no field for ${operation}`)
  }
}

const literal = (data: object) => JSON.stringify(data).replace(/"(\w+)":/g, '$1:')
