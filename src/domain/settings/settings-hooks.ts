import type { GlobalAfterChangeHook, GlobalBeforeChangeHook, GlobalBeforeOperationHook } from 'payload'
import { invalidField, Problem, type ProblemDetail } from '../../platform/kernel/problem'
import { addressPolicy, checkEndpoint } from '../../platform/outbound/address-guard'
import { operationNote, ownContext } from '../../platform/payload/operation'
import { requestSql } from '../../platform/payload/payload-sql'
import { runtime } from '../../platform/runtime/runtime'
import { emailFault } from './email-fault'
import { hasWebhookSecret, moveWebhookSecret, readWebhookSecret, storeWebhookSecret } from './webhook-secret'

/** Set while an operation stores a new signing secret, for the audit log. */
export const webhookSecretNote = operationNote<true>()

/**
 * Payload writes back every column that it read. So the row is locked first: two admins at once do not undo each
 * other's changes. The update gets its own context, set on the request itself, because Payload took the request before
 * this hook.
 */
export const lockSettings: GlobalBeforeOperationHook = async ({ args, operation, req }) => {
  if (operation !== 'update') return args
  req.context = ownContext(req.context)
  await (await requestSql(req)).query('select 1 from settings for no key update')
  return args
}

/**
 * Checks what a form cannot check, removes the secret from the data that Payload writes, and stores it sealed in the
 * settings' transaction. Throws VALIDATION_ERROR.
 */
export const checkSettings: GlobalBeforeChangeHook = async ({ data, originalDoc, req, context }) => {
  const faults = [...webhookFaults(data), ...addressFaults(data)]
  if (faults.length > 0) {
    const summary = faults.map(({ field, message }) => `${field}: ${message}`).join('; ')
    throw new Problem('VALIDATION_ERROR', summary, { details: faults })
  }
  const { webhookSecret, webhookSecretSet: _told, ...rest } = data
  const given = webhookSecret === '' || webhookSecret === null ? undefined : webhookSecret
  if (given !== undefined) readWebhookSecret(given)
  const before: string | null = originalDoc?.webhookUrl || null
  const url: string | null = (data.webhookUrl === undefined ? before : data.webhookUrl) || null
  await requireSecret(url)
  const sql = await requestSql(req)
  if (given === undefined) {
    await moveWebhookSecret(sql, before, url, runtime().secret)
    return rest
  }
  await storeWebhookSecret(sql, given, url, runtime().secret)
  webhookSecretNote.write(context, null, true)
  return rest

  /** The receiver of an unsigned webhook cannot verify who sent it. */
  async function requireSecret(url: unknown): Promise<void> {
    if (!url || given !== undefined || (await hasWebhookSecret(await requestSql(req)))) return
    throw invalidField('webhookSecret', 'A webhook needs a signing secret: set it too')
  }
}

function webhookFaults({ webhookUrl }: Record<string, unknown>): ProblemDetail[] {
  if (webhookUrl === undefined || webhookUrl === null || webhookUrl === '') return []
  const message = checkEndpoint(String(webhookUrl), addressPolicy(runtime().config))
  return message ? [{ field: 'webhookUrl', message }] : []
}

function addressFaults({ alertAddresses }: Record<string, unknown>): ProblemDetail[] {
  if (!Array.isArray(alertAddresses)) return []
  const message = alertAddresses.map(emailFault).find((fault) => fault !== null)
  return message ? [{ field: 'alertAddresses', message }] : []
}

/** Sets in the response that a secret is set now. */
export const tellSecret: GlobalAfterChangeHook = ({ doc, context }) =>
  webhookSecretNote.take(context, null) ? { ...doc, webhookSecretSet: true } : doc
