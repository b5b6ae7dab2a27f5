import { randomBytes } from 'node:crypto'
import type {
  CollectionAfterChangeHook,
  CollectionBeforeChangeHook,
  CollectionBeforeDeleteHook,
  CollectionBeforeOperationHook,
  PayloadRequest,
} from 'payload'
import { invalidField, Problem } from '../../../platform/kernel/problem'
import { isAdminRequest } from '../../../platform/payload/access'
import { caller } from '../../../platform/payload/caller'
import { contextOf, notedId, operationNote } from '../../../platform/payload/operation'
import { requestSql, requestTransaction } from '../../../platform/payload/payload-sql'
import { runtime } from '../../../platform/runtime/runtime'
import { payloadBy } from '../../audit/payload-by'
import { type AuditEvent, recordAudit } from '../../audit/record'
import { assertNotLastAdmin } from '../admins'
import { checkCurrentPassword } from '../change-password'
import type { AccountsDeps } from '../deps'
import { emailChanged } from '../email-change'
import { hashPassword } from '../password'
import { laneOf } from '../refuse-sign-in'
import { completeUser } from '../register'
import { endAllSessions } from '../sessions'
import { setPasswordHash } from '../set-password'
import { tellOwner } from '../tell-owner'
import { accountsDeps, signInOrigin } from './deps'
import { checkNewPassword } from './new-password'

/** The hash of a password that an operation sets, for the account in question. */
export const passwordNote = operationNote<string>()

type UserData = { password?: unknown; currentPassword?: unknown; email?: unknown; [key: string]: unknown }

/**
 * Takes the password out of the data that Payload writes: it is hashed here and stored in a table of the hub. Payload
 * itself hashes random bytes that nobody knows. Throws `Problem` for a password that breaks the rules, or if the
 * caller may not set it this way.
 */
export const beforeUserOperation: CollectionBeforeOperationHook = async ({ args, operation, req }) => {
  if (operation !== 'create' && operation !== 'update') return args
  const data = (args as { data?: UserData }).data
  if (!data) return args
  const overrideAccess = (args as { overrideAccess?: boolean }).overrideAccess === true
  // Runs before Payload checks access, so that nobody else can make the hub hash passwords.
  if (operation === 'create' && !overrideAccess && !isAdminRequest(req)) {
    throw new Problem(
      'FORBIDDEN',
      'Only an admin can create accounts here. Register with POST /api/v1/auth/register',
    )
  }
  if (data.email !== undefined && typeof data.email !== 'string')
    throw invalidField('email', 'An email address is required')
  if (data.email) data.email = data.email.trim().toLowerCase()
  if (data.password === undefined || data.password === null || data.password === '') {
    if (operation === 'create') throw invalidField('password', 'A password is required')
    return args
  }
  const { id } = args as { id?: string }
  if (operation === 'update' && id === undefined)
    throw invalidField('password', 'Set a password for one account at a time')
  if (operation === 'update' && !overrideAccess) await mayChangePassword(req, id, data)
  const { config } = runtime()
  const password = await checkNewPassword(req, id, data)
  const lane = laneOf(signInOrigin(req), caller(req)?.email ?? '')
  const hash = await hashPassword(password, config, lane)
  passwordNote.write(contextOf(args), operation === 'create' ? null : id, hash)
  const { password: _password, currentPassword: _current, ...rest } = data
  const unknown = randomBytes(24).toString('base64')
  return { ...args, data: operation === 'create' ? { ...rest, password: unknown } : rest }
}

async function mayChangePassword(
  req: Parameters<CollectionBeforeOperationHook>[0]['req'],
  id: string | undefined,
  data: UserData,
): Promise<void> {
  if (!isAdminRequest(req)) {
    throw new Problem('FORBIDDEN', 'Change your password with POST /api/v1/users/me/password', {
      details: [{ field: 'password' }],
    })
  }
  const me = caller(req)
  if (!me || id !== me.id) return
  if (typeof data.currentPassword !== 'string')
    throw invalidField('currentPassword', 'Your current password is required')
  const who = { userId: me.id, email: me.email, sessionId: me.sessionId }
  await checkCurrentPassword(accountsDeps(), who, data.currentPassword, signInOrigin(req))
}

/** Refuses to demote or disable the last admin who can still sign in. */
export const guardLastAdmin: CollectionBeforeChangeHook = async ({ data, operation, originalDoc, req }) => {
  const stops = originalDoc?.role === 'admin' && (data.role === 'user' || data.disabled === true)
  if (operation === 'update' && stops)
    await assertNotLastAdmin(
      await requestSql(req),
      originalDoc.id,
      runtime().config,
      await leavingAdmins(req),
    )
  return data
}

const leavingBy = new WeakMap<object, Set<string>>()

/** The admins that the transaction of this request removes. */
async function leavingAdmins(req: PayloadRequest): Promise<Set<string>> {
  const transaction = await requestTransaction(req)
  const leaving = leavingBy.get(transaction) ?? new Set<string>()
  leavingBy.set(transaction, leaving)
  return leaving
}

/** Stores the password's hash, completes a new account, and ends sessions where a change requires it. */
export const afterUserChange: CollectionAfterChangeHook = async (args) => {
  const { doc, operation, previousDoc, req, context } = args
  const sql = await requestSql(req)
  const hash = passwordNote.take(context, notedId(operation, doc))
  if (operation === 'create') {
    if (hash === undefined) throw new Error('An account was made without a password')
    await completeUser(sql, { id: doc.id, email: doc.email }, hash, null, runtime().config)
    return doc
  }
  if (isLiveAdmin(doc)) (await leavingAdmins(req)).delete(doc.id)
  if (hash) {
    await setPasswordHash(sql, doc.id, hash, null)
    await endAllSessions(sql, doc.id, null, caller(req)?.id === doc.id ? caller(req)?.sessionId : null)
  }
  await tellOwner(
    sql,
    { email: doc.email, emailBefore: previousDoc.email, hasNewPassword: hash !== undefined },
    null,
    runtime().config,
  )
  if (doc.email !== previousDoc.email) await emailChanged(sql, doc, null, runtime().config)
  if (doc.disabled && !previousDoc.disabled) await endAllSessions(sql, doc.id, null)
  return doc
}

const isLiveAdmin = ({ role, disabled }: { role?: string; disabled?: boolean | null }) =>
  role === 'admin' && disabled !== true

/** Runs the remaining work for a new account, in its transaction: adds the subscription of a new user. */
export function afterUserCreated(
  onRegistered: NonNullable<AccountsDeps['onRegistered']>,
): CollectionAfterChangeHook {
  return async ({ doc, operation, req }) => {
    if (operation === 'create') await onRegistered(await requestSql(req), doc.id, null, payloadBy(req))
    return doc
  }
}

/**
 * The last admin cannot be deleted. Keys and the subscription are deleted with their user; usage rows stay without a
 * name.
 */
export const beforeUserDelete: CollectionBeforeDeleteHook = async ({ id, req }) => {
  const sql = await requestSql(req)
  await assertNotLastAdmin(sql, String(id), runtime().config, await leavingAdmins(req))
  const keys = await sql.query<Gone>('delete from api_keys where user_id = $1 returning id, name as title', [
    id,
  ])
  const subscriptions = await sql.query<Gone>('delete from subscriptions where user_id = $1 returning id', [
    id,
  ])
  await recordAudit(sql, payloadBy(req), [
    ...keys.rows.map((row) => goneWith('api-keys', row)),
    ...subscriptions.rows.map((row) => goneWith('subscriptions', row)),
  ])
}

type Gone = { id: string; title?: string }

function goneWith(subject: string, { id, title }: Gone): AuditEvent {
  return { action: 'delete', subject, subjectId: id, title: title ?? id, note: 'Gone with its user' }
}
