import { changeOf, dataOf, fileForm, type Target } from './documents'
import { isAllowed, type Operation } from './operations'
import { json, type Person } from './people'
import type { Host } from './start'

/** One attempt through Payload's REST API. */
export async function byRest(host: Host, person: Person, operation: Operation, target: Target) {
  const request = requestOf(operation, target, person)
  return isAllowed(`${operation} ${target.slug}`, await host.rest(request))
}

function requestOf(
  operation: Operation,
  { slug, id, version, staffId }: Target,
  { headers }: Person,
): Request {
  const base = `/api/${slug}`
  const filter = `where[id][equals]=${id}`
  switch (operation) {
    case 'list':
      return json('GET', `${base}?${filter}`, headers)
    case 'count':
      return json('GET', `${base}/count?${filter}`, headers)
    case 'read':
      return json('GET', `${base}/${id}`, headers)
    case 'create':
      if (slug === 'files')
        return new Request(`http://localhost${base}`, { method: 'POST', headers, body: fileForm() })
      return json('POST', base, headers, dataOf(slug, staffId))
    case 'update':
      return json('PATCH', `${base}/${id}`, headers, changeOf(slug))
    case 'bulk update':
      return json('PATCH', `${base}?${filter}`, headers, changeOf(slug))
    case 'duplicate':
      return json('POST', `${base}/${id}/duplicate`, headers, {})
    case 'delete':
      return json('DELETE', `${base}/${id}`, headers)
    case 'bulk delete':
      return json('DELETE', `${base}?${filter}`, headers)
    case 'list versions':
      return json('GET', `${base}/versions?where[parent][equals]=${id}`, headers)
    case 'read version':
      return json('GET', `${base}/versions/${version}`, headers)
    case 'restore version':
      return json('POST', `${base}/versions/${version}`, headers)
  }
}
