import type { Field, GlobalConfig, Tab } from 'payload'
import { adminsOnly, nobodyField } from '../../platform/payload/access'
import { readingSql } from '../../platform/payload/payload-sql'
import { DEFAULT_HUB_NAME } from './read-settings'
import { checkSettings, lockSettings, tellSecret } from './settings-hooks'
import { hasWebhookSecret } from './webhook-secret'

const MOST_MONTHS = 1_200

const look: Field[] = [
  {
    name: 'hubName',
    type: 'text',
    label: 'Name of the hub',
    required: true,
    defaultValue: DEFAULT_HUB_NAME,
    maxLength: 60,
    validate: (value: unknown) =>
      (typeof value === 'string' && value.trim() !== '' && /^\P{Cc}{1,60}$/u.test(value)) ||
      'A name of up to 60 characters is required',
    admin: { description: 'Shown in the panel and in mails.' },
  },
  {
    name: 'logo',
    type: 'upload',
    relationTo: 'media',
    admin: { description: 'Shown beside the name. Anybody may fetch this image, also who is not signed in.' },
  },
]

const people: Field[] = [
  {
    name: 'signUpOpen',
    type: 'checkbox',
    label: 'Anybody may make an account',
    defaultValue: true,
    admin: { description: 'Switched off, only an admin makes accounts, here under Users.' },
  },
  {
    name: 'defaultPlan',
    type: 'relationship',
    relationTo: 'plans',
    label: 'Plan of new users',
    admin: { description: 'Every new account starts with it. Empty: people start with none.' },
  },
]

const alerts: Field[] = [
  {
    name: 'alertAddresses',
    type: 'text',
    hasMany: true,
    maxRows: 20,
    label: 'Alert recipients',
    admin: {
      description: 'Email addresses; each gets every alert. Users get those about themselves anyway.',
    },
  },
  {
    name: 'webhookUrl',
    type: 'text',
    label: 'Webhook of alerts',
    maxLength: 2_000,
    admin: { description: 'Gets every alert as a signed POST (Standard Webhooks). https in production.' },
  },
  {
    name: 'webhookSecret',
    type: 'text',
    label: 'Signing secret',
    virtual: true,
    hooks: { afterRead: [() => null] },
    admin: {
      readOnly: false,
      description:
        'Signs the webhook. Stored encrypted and never shown again: copy it to the receiver before you save.',
      components: {
        Field: { path: '/src/panel/fields/SecretField#SecretField', clientProps: { isSigning: true } },
      },
    },
  },
  {
    name: 'webhookSecretSet',
    type: 'checkbox',
    virtual: true,
    label: 'A secret is set',
    access: { update: nobodyField },
    admin: { readOnly: true },
    hooks: { afterRead: [async ({ req }) => hasWebhookSecret(await readingSql(req))] },
  },
]

const data: Field[] = [
  {
    name: 'retentionMonths',
    type: 'number',
    label: 'Months that single calls are kept',
    min: 0,
    max: MOST_MONTHS,
    validate: (value: unknown) =>
      value === null ||
      value === undefined ||
      (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= MOST_MONTHS) ||
      `A whole number from 0 to ${MOST_MONTHS} is required`,
    admin: {
      description:
        '0 keeps them for ever. Empty: USAGE_RETENTION_MONTHS of the environment. Sums always stay.',
      step: 1,
    },
  },
]

const tabs: Tab[] = [
  { label: 'Hub', fields: look },
  { label: 'Sign-up', fields: people },
  { label: 'Alerts', fields: alerts },
  { label: 'Data', fields: data },
]

/** Settings that admins change while the hub runs. Values that need a restart stay in the environment. */
export const Settings: GlobalConfig = {
  slug: 'settings',
  label: 'Settings',
  admin: {
    group: 'Hub',
    hideAPIURL: true,
    description: 'Changes take effect at once, in every instance.',
  },
  access: { read: adminsOnly, update: adminsOnly },
  hooks: { beforeOperation: [lockSettings], beforeChange: [checkSettings], afterChange: [tellSecret] },
  fields: [{ type: 'tabs', tabs }],
}
