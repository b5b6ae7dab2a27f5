import type { GlobalAfterChangeHook, GlobalBeforeChangeHook, GlobalBeforeOperationHook } from 'payload'
import { requestSql } from '../database/payload-sql'
import { invalidField, Problem, type ProblemDetail } from '../problem'
import { runtime } from '../runtime'
import { addressPolicy, checkEndpoint } from '../tools/address-guard'
import { emailFault } from './email-fault'
import { hasWebhookSecret, readWebhookSecret, storeWebhookSecret } from './webhook-secret'

/** Payload writes every column of what it read: with the row locked, two admins at once do not undo each other. */
export const lockSettings: GlobalBeforeOperationHook = async ({ args, operation, req }) => {
  if (operation === 'update') await (await requestSql(req)).query('select 1 from settings for no key update')
  return args
}

/** Checks what a form cannot, and takes the secret out of what Payload writes. Throws VALIDATION_ERROR. */
export const checkSettings: GlobalBeforeChangeHook = async ({ data, originalDoc, req, context }) => {
  const faults = [...webhookFaults(data), ...addressFaults(data)]
  if (faults.length > 0) {
    const summary = faults.map(({ field, message }) => `${field}: ${message}`).join('; ')
    throw new Problem('VALIDATION_ERROR', summary, faults)
  }
  const { webhookSecret, webhookSecretSet: _told, ...rest } = data
  const given = webhookSecret === '' || webhookSecret === null ? undefined : webhookSecret
  if (given !== undefined) readWebhookSecret(given)
  context.webhookSecret = given
  await requireSecret(data.webhookUrl === undefined ? originalDoc?.webhookUrl : data.webhookUrl)
  return rest

  /** An unsigned webhook proves nothing to who receives it. */
  async function requireSecret(url: unknown): Promise<void> {
    if (!url || given !== undefined || (await hasWebhookSecret(await requestSql(req)))) return
    throw invalidField('webhookSecret', 'A webhook is signed: set its secret too')
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

/** Stores a secret that was given, sealed, in the transaction of the settings. */
export const storeSecret: GlobalAfterChangeHook = async ({ doc, req, context }) => {
  const given = context.webhookSecret as string | undefined
  context.webhookSecret = undefined
  if (given === undefined) return doc
  await storeWebhookSecret(await requestSql(req), given, runtime().secret)
  return { ...doc, webhookSecretSet: true }
}
