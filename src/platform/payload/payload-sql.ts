import type { CollectionBeforeOperationHook, PayloadRequest } from 'payload'
import type { Sql } from '../database/sql'
import { Problem } from '../kernel/problem'

type Session = { db: { session: { client: Sql } } }

/**
 * The connection of the request's Payload transaction, so that a hook's own SQL commits or rolls back with the
 * document. Throws if the request has no transaction, because then only a part of the change might be saved.
 */
export async function requestSql(req: PayloadRequest): Promise<Sql> {
  return (await requestTransaction(req)).db.session.client
}

/** The request's Payload transaction: an object unique to it. Throws if there is none. */
export async function requestTransaction(req: PayloadRequest): Promise<Session> {
  const session = await sessionOf(req)
  if (!session) throw new Error('No transaction is open on this request')
  return session
}

/** Like `requestSql`, but outside a transaction it returns Payload's pool. Only for reading. */
export async function readingSql(req: PayloadRequest): Promise<Sql> {
  return (await sessionOf(req))?.db.session.client ?? (req.payload.db as unknown as { pool: Sql }).pool
}

async function sessionOf(req: PayloadRequest): Promise<Session | undefined> {
  const id = await req.transactionID
  const { sessions } = req.payload.db as unknown as { sessions: Record<string | number, Session> }
  return id === undefined || id === null ? undefined : sessions[id]
}

type UpdateArguments = { id?: string | number; where?: unknown }

/**
 * A hook that locks the document's row before Payload reads it. Payload writes every column of what it read, so
 * two updates at the same moment would undo each other; with the lock the second one reads what the first wrote.
 */
export function lockBeforeUpdate(table: string): CollectionBeforeOperationHook {
  return async ({ args, operation, req }) => {
    const id = (args as UpdateArguments).id
    if (operation !== 'update' || id === undefined || !UUID.test(String(id))) return
    const sql = await requestSql(req)
    await sql.query(`select 1 from "${table}" where id = $1 for no key update`, [id])
  }
}

/**
 * A hook that normalises an id before any rule compares it. PostgreSQL accepts the same UUID in capitals, in braces or
 * without hyphens, so a rule about `your own` or `the last admin` could be bypassed. A write without data gets an empty
 * object, so that its required fields refuse it. Throws NOT_FOUND for an id that is not a UUID.
 */
export const readArguments: CollectionBeforeOperationHook = ({ args, operation }) => {
  const { id, data, overrideAccess } = args as { id?: unknown; data?: unknown; overrideAccess?: boolean }
  const writes = operation === 'create' || operation === 'update'
  const known = writes ? { ...args, data: overrideAccess ? data : writable(data) } : args
  if (id === undefined || id === null) return known
  if (!UUID.test(String(id))) throw new Problem('NOT_FOUND', 'There is no such document')
  return { ...known, id: String(id).toLowerCase() }
}

/** Only the hub sets `createdAt` and `updatedAt`. */
function writable(data: unknown): Record<string, unknown> {
  if (typeof data !== 'object' || data === null) return {}
  const { createdAt: _createdAt, updatedAt: _updatedAt, ...rest } = data as Record<string, unknown>
  return rest
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
