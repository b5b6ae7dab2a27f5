import {
  type CollectionBeforeOperationHook,
  isolateObjectProperty,
  type PayloadRequest,
  type RequestContext,
} from 'payload'

/** Payload's write operations; each gets its own context. */
const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'delete', 'restoreVersion'])

/** Keys that Payload and the hub set for one operation; another operation of the same request must not see them. */
const OF_ONE_OPERATION = ['isRestoringVersion', 'readTogether']

/**
 * The first hook of every collection. Payload runs all operations of a request on one `req` with one context, so a
 * value that a hook sets for one operation would still be set for the next. This hook gives each write its own context,
 * and lets its hooks see the whole document.
 */
export const ownOperation: CollectionBeforeOperationHook = ({ args, operation }) => {
  const { req } = args
  if (!WRITES.has(operation) || !req) return args
  const context = ownContext(req.context)
  // When a version is restored, Payload has read the request before this hook runs, so we change that request in place.
  if (operation === 'restoreVersion') {
    req.context = context
    return args
  }
  const own: PayloadRequest = isolateObjectProperty(req, 'context')
  own.context = context
  // With the caller's `select`, hooks would miss fields that they need, for the audit log or for mails.
  return { ...args, req: own, select: undefined } as typeof args
}

/** A copy of a context without the values of other operations. */
export function ownContext(context: RequestContext | undefined): RequestContext {
  const own: WithNotes = { ...context, [NOTES]: new Map() }
  for (const name of OF_ONE_OPERATION) delete own[name]
  return own
}

/**
 * Payload copies a context at each call of its Local API, and drops a context without string keys. The copies of one
 * operation share this map.
 */
const NOTES = 'notesOfOperation'
type Notes = Map<unknown, Map<string, unknown>>
type WithNotes = RequestContext & { [NOTES]?: Notes }

/** The context of the operation that a `beforeOperation` hook runs for. Payload passes the hook an older one. */
export function contextOf(args: { req?: Partial<PayloadRequest> }): RequestContext {
  if (!args.req?.context) throw new Error('An operation has no request')
  return args.req.context
}

type Id = string | number | null | undefined

/** A value that a hook passes to a later hook of the same operation, about one document. */
export type OperationNote<Value> = {
  /** `id` is null for a document without an id: an operation creates at most one document. */
  write(context: RequestContext, id: Id, value: Value): void
  read(context: RequestContext, id: Id): Value | undefined
  /** Returns the note and removes it. */
  take(context: RequestContext, id: Id): Value | undefined
}

/**
 * A kind of note. It belongs to one operation and names its document, so that no other operation and no other document
 * of a bulk operation can find it.
 */
export function operationNote<Value>(): OperationNote<Value> {
  const kind = {}
  const read = (context: WithNotes, id: Id) => context[NOTES]?.get(kind)?.get(keyOf(id)) as Value | undefined
  return {
    read,
    write(context: WithNotes, id, value) {
      context[NOTES] ??= new Map()
      const known = context[NOTES].get(kind) ?? new Map<string, unknown>()
      context[NOTES].set(kind, known.set(keyOf(id), value))
    },
    take(context: WithNotes, id) {
      const value = read(context, id)
      context[NOTES]?.get(kind)?.delete(keyOf(id))
      return value
    },
  }
}

const keyOf = (id: Id): string => (id === null || id === undefined ? '' : String(id).toLowerCase())

/** The id under which notes are kept for the document of an `afterChange` hook. */
export const notedId = (operation: 'create' | 'update', doc: { id?: unknown } | undefined): Id =>
  operation === 'create' ? null : (doc?.id as Id)
