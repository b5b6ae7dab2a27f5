import type { CollectionBeforeOperationHook, PayloadRequest } from 'payload'
import type { Sql } from '../database/sql'
import { Problem } from '../kernel/problem'

type Session = { db: { session: { client: Sql } } }

/**
 * The connection of the request's Payload transaction, so that a hook's own SQL commits or rolls back with the
 * document. Throws when the request has no transaction: such a write could be half done.
 */
export async function requestSql(req: PayloadRequest): Promise<Sql> {
  return (await requestTransaction(req)).db.session.client
}

/** The request's Payload transaction: an object that no other transaction has. Throws where there is none. */
export async function requestTransaction(req: PayloadRequest): Promise<Session> {
  const session = await sessionOf(req)
  if (!session) throw new Error('No transaction is open on this request')
  return session
}

/** Like `requestSql`, and outside a transaction Payload's pool: for reading only. */
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
 * A hook that gives an id its one spelling before any rule compares it: PostgreSQL takes a UUID in capitals, in
 * braces or without hyphens for the same one, and a rule about `your own` or `the last admin` must not be fooled.
 * What is written without data is written with none, so that it is refused by its fields. Throws NOT_FOUND for an
 * id that is no UUID.
 */
export const readArguments: CollectionBeforeOperationHook = ({ args, operation }) => {
  const { id, data, overrideAccess } = args as { id?: unknown; data?: unknown; overrideAccess?: boolean }
  const writes = operation === 'create' || operation === 'update'
  const known = writes ? { ...args, data: overrideAccess ? data : writable(data) } : args
  if (id === undefined || id === null) return known
  if (!UUID.test(String(id))) throw new Problem('NOT_FOUND', 'There is no such document')
  return { ...known, id: String(id).toLowerCase() }
}

/** When a document was made and changed is for the hub to say. */
function writable(data: unknown): Record<string, unknown> {
  if (typeof data !== 'object' || data === null) return {}
  const { createdAt: _createdAt, updatedAt: _updatedAt, ...rest } = data as Record<string, unknown>
  return rest
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
