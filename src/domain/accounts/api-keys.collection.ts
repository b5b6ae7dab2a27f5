import type { CollectionConfig } from 'payload'
import { invalidField } from '../../platform/kernel/problem'
import {
  adminsOnlyField,
  adminsOrOwnerSession,
  isAdminRequest,
  nobodyField,
} from '../../platform/payload/access'
import { caller } from '../../platform/payload/caller'
import { operationNote } from '../../platform/payload/operation'
import { lockBeforeUpdate, requestSql } from '../../platform/payload/payload-sql'
import { readTogether } from '../../platform/payload/read-together'
import { generateApiKey } from './api-key-format'
import { assertRoomForKey } from './api-keys'
import { keepKeyEnded } from './payload/ended-key'
import { checkName } from './payload/name'

/** The key that an operation created, only for the response of that operation. */
const newKeyNote = operationNote<string>()

type LastUse = { id: string; last_used_at: Date | null }
const LAST_USE = 'select id, last_used_at from api_keys where id = any ($1)'

/**
 * Keys that sign in as their owner. The key itself is created here, shown once, and stored as a hash. An API key can
 * neither list nor change keys.
 */
export const ApiKeys: CollectionConfig = {
  slug: 'api-keys',
  labels: { singular: 'API key', plural: 'API keys' },
  admin: {
    group: 'People',
    useAsTitle: 'name',
    defaultColumns: ['name', 'keyPrefix', 'user', 'active', 'expiresAt', 'lastUsedAt'],
    description: 'A key is shown once, right after it was made. Switch it off to revoke it.',
    components: { edit: { SaveButton: '/src/panel/fields/SaveApiKey#SaveApiKey' } },
  },
  defaultSort: '-createdAt',
  disableDuplicate: true,
  disableBulkEdit: true,
  access: {
    read: adminsOrOwnerSession('user'),
    create: ({ req }) => caller(req)?.via === 'session',
    update: adminsOrOwnerSession('user'),
    delete: adminsOrOwnerSession('user'),
  },
  hooks: {
    beforeOperation: [lockBeforeUpdate('api_keys')],
    beforeValidate: [
      checkName,
      ({ data, operation, req }) => {
        if (!data) return data
        const me = caller(req)
        if (operation === 'create' && me && (!isAdminRequest(req) || !data.user)) data.user = me.id
        if (operation === 'create' && data.expiresAt && new Date(data.expiresAt) <= new Date()) {
          throw invalidField('expiresAt', 'It must be in the future')
        }
        return data
      },
    ],
    beforeChange: [
      keepKeyEnded,
      async ({ data, operation, req, context }) => {
        if (operation !== 'create') return data
        await assertRoomForKey(await requestSql(req), String(data.user))
        const made = generateApiKey()
        newKeyNote.write(context, null, made.key)
        return { ...data, keyHash: made.hash, keyPrefix: made.prefix, active: true }
      },
    ],
    afterChange: [
      ({ doc, operation, context }) =>
        operation === 'create' ? { ...doc, key: newKeyNote.take(context, null) } : doc,
    ],
  },
  fields: [
    { name: 'name', type: 'text', required: true, minLength: 1, maxLength: 100 },
    {
      name: 'user',
      type: 'relationship',
      relationTo: 'users',
      required: true,
      index: true,
      access: { create: adminsOnlyField, update: nobodyField },
      admin: { description: 'The user this key acts as. Defaults to you.' },
    },
    {
      name: 'key',
      type: 'text',
      virtual: true,
      admin: { hidden: true },
      access: { create: nobodyField, update: nobodyField },
    },
    {
      name: 'keyPrefix',
      type: 'text',
      admin: { readOnly: true, description: 'How to recognise it' },
      access: { create: nobodyField, update: nobodyField },
    },
    {
      name: 'keyHash',
      type: 'text',
      unique: true,
      index: true,
      hidden: true,
      access: { create: nobodyField, update: nobodyField, read: nobodyField },
    },
    {
      name: 'active',
      type: 'checkbox',
      defaultValue: true,
      admin: { description: 'Turning this off revokes the key permanently.' },
    },
    { name: 'expiresAt', type: 'date', admin: { date: { pickerAppearance: 'dayAndTime' } } },
    {
      name: 'lastUsedAt',
      type: 'date',
      virtual: true,
      admin: { readOnly: true, description: 'To the minute' },
      access: { create: nobodyField, update: nobodyField },
      hooks: {
        afterRead: [
          async ({ siblingData, req }) => {
            const id = (siblingData as { id?: string }).id
            if (!id) return null
            const known = await readTogether<LastUse>(req, LAST_USE, id)
            return known?.last_used_at?.toISOString() ?? null
          },
        ],
      },
    },
  ],
}
