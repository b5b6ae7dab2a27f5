import type { CollectionConfig, DateField, Field } from 'payload'
import { adminsOnly, nobody } from './access'

/** The settings of a collection whose rows only the hub writes and only admins read, the newest first. */
export const LOG_COLLECTION = {
  defaultSort: '-id',
  timestamps: false,
  lockDocuments: false,
  disableDuplicate: true,
  disableBulkEdit: true,
  access: { read: adminsOnly, create: nobody, update: nobody, delete: nobody },
} satisfies Partial<CollectionConfig>

/** A text of a row. */
export const textField = (name: string, label: string, description?: string): Field => ({
  name,
  type: 'text',
  label,
  admin: { description },
})

/** A moment, with its time of day. */
export const timeField = (name: string, label?: string): DateField => ({
  name,
  type: 'date',
  ...(label ? { label } : {}),
  admin: { date: { pickerAppearance: 'dayAndTime' } },
})
