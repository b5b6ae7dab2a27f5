/** Everything that Payload lets somebody do to a document. */
export const OPERATIONS = [
  'list',
  'count',
  'read',
  'create',
  'update',
  'bulk update',
  'duplicate',
  'delete',
  'bulk delete',
] as const
export const OF_VERSIONS = ['list versions', 'read version', 'restore version'] as const
export type Operation = (typeof OPERATIONS)[number] | (typeof OF_VERSIONS)[number]

/** The operation whose access function decides, as the option `open` names it. */
export function ruleOf(operation: Operation): string {
  switch (operation) {
    case 'list':
    case 'count':
    case 'read':
      return 'read'
    case 'create':
    case 'duplicate':
      return 'create'
    case 'update':
    case 'bulk update':
    case 'restore version':
      return 'update'
    case 'delete':
    case 'bulk delete':
      return 'delete'
    default:
      return 'readVersions'
  }
}

/** Whether it was allowed. Throws where the response says neither yes nor no. */
export async function isAllowed(what: string, response: Response): Promise<boolean> {
  if (response.status === 401 || response.status === 403) return false
  const text = await response.text()
  const errors = /"errors":\[(?!\])/.test(text) ? text : ''
  if (/"statusCode":403/.test(errors)) return false
  if (response.status < 300 && !errors) return true
  throw new Error(`${what}: neither yes nor no: ${response.status} ${text.slice(0, 500)}`)
}
