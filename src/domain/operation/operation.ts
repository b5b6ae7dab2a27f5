import type { Pool } from 'pg'
import type { z } from 'zod'
import { inTransaction, type Sql } from '../../platform/database/sql'
import { readInput } from '../../platform/kernel/read-input'
import { type AuditBy, type AuditEvent, recordAudit } from '../audit/record'
import { type Access, type Rights, requireAccess } from './access'

/** One change, in words. */
export type Effect = { what: string; before: string; after: string }

/** What an operation needs of the process. `now` replaces the database's clock; null in use. */
export type OperationDeps<Config = unknown> = { pool: Pool; config: Config; now: Date | null }

/** Who asks, and who is on record for it. */
export type Caller = Rights & { userId: string; by: AuditBy }

/** What the work of an operation gets. `subjectId` is the document that it is about. */
export type Call<Input, Config = unknown> = {
  subjectId: string
  input: Input
  caller: Caller
  config: Config
  now: Date | null
}

/** `effects` is what a preview shows; `record` is the audit entry, if the work did not write one itself. */
export type Done<Output> = { output: Output; effects?: Effect[]; record?: AuditEvent }

/**
 * Something that can be done to a document, whatever the interface: who may, what it takes, and the work. The work runs in
 * one transaction and changes nothing outside of it.
 */
export interface Operation<Schema extends z.ZodType = z.ZodType, Output = unknown, Config = unknown> {
  name: string
  access: Access
  input: Schema
  run(sql: Sql, call: Call<z.output<Schema>, Config>): Promise<Done<Output>>
}

type Request<Schema extends z.ZodType> = {
  subjectId: string
  input: z.input<Schema>
  caller: Caller
  /** True: nothing is changed; the effects say what would be. */
  preview?: boolean
}

/**
 * Carries an operation out, with its audit entry, in one transaction. A preview runs the same code and rolls back, so it
 * shows exactly what the operation would do. Throws FORBIDDEN, VALIDATION_ERROR, and what the operation throws.
 */
export async function carryOut<Schema extends z.ZodType, Output, Config>(
  operation: Operation<Schema, Output, Config>,
  { pool, config, now }: OperationDeps<Config>,
  { subjectId, input: sent, caller, preview = false }: Request<Schema>,
): Promise<{ output: Output; effects: Effect[] }> {
  requireAccess(caller, operation.access)
  const call = { subjectId, input: readInput(operation.input, sent), caller, config, now }
  const work = async (sql: Sql) => {
    const { output, effects = [], record } = await operation.run(sql, call)
    if (record) await recordAudit(sql, caller.by, [record], now)
    return { output, effects }
  }
  return inTransaction(pool, work, preview ? 'rollback' : 'commit')
}
