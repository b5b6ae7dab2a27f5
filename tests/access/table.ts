import { CALLERS, type Caller } from './callers'
import type { Kind } from './documents'

/** What can be done to a document. `list`, `count` and the two of `bulk` name it by a filter. */
export const OPERATIONS = [
  'list',
  'read',
  'count',
  'create',
  'update',
  'bulk-update',
  'delete',
  'bulk-delete',
  'duplicate',
] as const
export type Operation = (typeof OPERATIONS)[number]

/**
 * Who may do what to a document that is the owner's, or nobody's: the one table of the hub's rules. For `create`
 * it says who may make one at all. Versions exist of tools and of the settings alone, for admins:
 * surface.test.ts.
 */
export const RULES: Record<Kind, Record<Operation, Record<Caller, boolean>>> = {
  users: rules(`
    list         no         yes    no     yes          no           yes
    read         no         yes    no     yes          no           yes
    count        no         yes    no     yes          no           yes
    create       no         no     no     no           no           yes
    update       no         yes    no     no           no           yes
    bulk-update  no         no     no     no           no           no
    delete       no         no     no     no           no           yes
    bulk-delete  no         no     no     no           no           no
    duplicate    no         no     no     no           no           no`),
  'api-keys': rules(`
    list         no         yes    no     no           no           yes
    read         no         yes    no     no           no           yes
    count        no         yes    no     no           no           yes
    create       no         yes    yes    no           no           yes
    update       no         yes    no     no           no           yes
    bulk-update  no         no     no     no           no           no
    delete       no         yes    no     no           no           yes
    bulk-delete  no         yes    no     no           no           yes
    duplicate    no         no     no     no           no           no`),
  tools: rules(`
    list         no         yes    yes    yes          yes          yes
    read         no         yes    yes    yes          yes          yes
    count        no         yes    yes    yes          yes          yes
    create       no         no     no     no           no           yes
    update       no         no     no     no           no           yes
    bulk-update  no         no     no     no           no           no
    delete       no         no     no     no           no           yes
    bulk-delete  no         no     no     no           no           yes
    duplicate    no         no     no     no           no           no`),
  'tools that are switched off': rules(`
    list         no         no     no     no           no           yes
    read         no         no     no     no           no           yes
    count        no         no     no     no           no           yes
    create       no         no     no     no           no           yes
    update       no         no     no     no           no           yes
    bulk-update  no         no     no     no           no           no
    delete       no         no     no     no           no           yes
    bulk-delete  no         no     no     no           no           yes
    duplicate    no         no     no     no           no           no`),
  plans: rules(`
    list         no         yes    yes    yes          yes          yes
    read         no         yes    yes    yes          yes          yes
    count        no         yes    yes    yes          yes          yes
    create       no         no     no     no           no           yes
    update       no         no     no     no           no           yes
    bulk-update  no         no     no     no           no           no
    delete       no         no     no     no           no           yes
    bulk-delete  no         no     no     no           no           no
    duplicate    no         no     no     no           no           no`),
  subscriptions: rules(`
    list         no         yes    no     yes          no           yes
    read         no         yes    no     yes          no           yes
    count        no         yes    no     yes          no           yes
    create       no         no     no     no           no           yes
    update       no         no     no     no           no           yes
    bulk-update  no         no     no     no           no           no
    delete       no         no     no     no           no           yes
    bulk-delete  no         no     no     no           no           yes
    duplicate    no         no     no     no           no           no`),
  'usage-logs': rules(`
    list         no         yes    no     yes          no           yes
    read         no         yes    no     yes          no           yes
    count        no         yes    no     yes          no           yes
    create       no         no     no     no           no           no
    update       no         no     no     no           no           no
    bulk-update  no         no     no     no           no           no
    delete       no         no     no     no           no           no
    bulk-delete  no         no     no     no           no           no
    duplicate    no         no     no     no           no           no`),
  alerts: rules(`
    list         no         no     no     no           no           yes
    read         no         no     no     no           no           yes
    count        no         no     no     no           no           yes
    create       no         no     no     no           no           no
    update       no         no     no     no           no           no
    bulk-update  no         no     no     no           no           no
    delete       no         no     no     no           no           no
    bulk-delete  no         no     no     no           no           no
    duplicate    no         no     no     no           no           no`),
  refusals: rules(`
    list         no         no     no     no           no           yes
    read         no         no     no     no           no           yes
    count        no         no     no     no           no           yes
    create       no         no     no     no           no           no
    update       no         no     no     no           no           no
    bulk-update  no         no     no     no           no           no
    delete       no         no     no     no           no           no
    bulk-delete  no         no     no     no           no           no
    duplicate    no         no     no     no           no           no`),
  'audit-logs': rules(`
    list         no         no     no     no           no           yes
    read         no         no     no     no           no           yes
    count        no         no     no     no           no           yes
    create       no         no     no     no           no           no
    update       no         no     no     no           no           no
    bulk-update  no         no     no     no           no           no
    delete       no         no     no     no           no           no
    bulk-delete  no         no     no     no           no           no
    duplicate    no         no     no     no           no           no`),
  media: rules(`
    list         no         yes    no     yes          no           yes
    read         no         yes    no     yes          no           yes
    count        no         yes    no     yes          no           yes
    create       no         yes    yes    no           no           yes
    update       no         yes    no     no           no           yes
    bulk-update  no         no     no     no           no           no
    delete       no         yes    no     no           no           yes
    bulk-delete  no         yes    no     no           no           yes
    duplicate    no         no     no     no           no           no`),
  'media that is the icon of a tool': rules(`
    list         no         yes    yes    yes          yes          yes
    read         no         yes    yes    yes          yes          yes
    count        no         yes    yes    yes          yes          yes
    create       no         yes    yes    no           no           yes
    update       no         no     no     no           no           yes
    bulk-update  no         no     no     no           no           no
    delete       no         no     no     no           no           yes
    bulk-delete  no         no     no     no           no           yes
    duplicate    no         no     no     no           no           no`),
  'payload-preferences': rules(`
    list         no         yes    no     yes          no           no
    read         no         yes    no     yes          no           no
    count        no         yes    no     yes          no           no
    create       no         yes    yes    no           no           yes
    update       no         yes    no     no           no           no
    bulk-update  no         yes    no     no           no           no
    delete       no         yes    no     no           no           no
    bulk-delete  no         yes    no     no           no           no
    duplicate    no         yes    no     no           no           no`),
  'payload-locked-documents': rules(`
    list         no         no     no     no           no           yes
    read         no         no     no     no           no           yes
    count        no         no     no     no           no           yes
    create       no         no     no     no           no           yes
    update       no         no     no     no           no           yes
    bulk-update  no         no     no     no           no           yes
    delete       no         no     no     no           no           yes
    bulk-delete  no         no     no     no           no           yes
    duplicate    no         no     no     no           no           yes`),
  'payload-kv': rules(`
    list         no         no     no     no           no           yes
    read         no         no     no     no           no           yes
    count        no         no     no     no           no           yes
    create       no         no     no     no           no           no
    update       no         no     no     no           no           no
    bulk-update  no         no     no     no           no           no
    delete       no         no     no     no           no           no
    bulk-delete  no         no     no     no           no           no
    duplicate    no         no     no     no           no           no`),
}

/** Reads one block of the table. The columns are: anonymous, owner, other, owner's key, admin's key, admin. */
function rules(block: string): Record<Operation, Record<Caller, boolean>> {
  const rows = block
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  const entries = rows.map(([operation, ...cells]) => {
    if (cells.length !== CALLERS.length) throw new Error(`${operation} has ${cells.length} cells`)
    return [operation, Object.fromEntries(CALLERS.map((caller, at) => [caller, cells[at] === 'yes']))]
  })
  const read = Object.fromEntries(entries)
  const missing = OPERATIONS.filter((operation) => !(operation in read))
  if (missing.length > 0) throw new Error(`the table lacks ${missing.join(', ')}`)
  return read
}
