import type { CollectionConfig, DateField, Field } from 'payload'
import { nobody } from '../../platform/payload/access'

const CELL = '/src/panel/fields/TimeCell#TimeCell'
const FIELD = '/src/panel/fields/TimeField#TimeField'

/**
 * Makes the panel show a collection's times in UTC: all in lists, and on a document's page those that nobody edits. A
 * date picker uses the browser's time zone, and its description says so.
 */
export function timesInUtc(collection: CollectionConfig): CollectionConfig {
  const isWritten = collection.access?.update === nobody
  const stamps = [
    ...(collection.timestamps === false ? [] : ['updatedAt', 'createdAt']),
    ...(collection.trash ? ['deletedAt'] : []),
  ]
  const fields = [...collection.fields, ...stamps.map(stamp)]
  return { ...collection, fields: fields.map((field) => withUtc(field, isWritten)) }
}

function withUtc(field: Field, isWritten: boolean): Field {
  if (field.type === 'date') return inUtc(field, isWritten || field.admin?.readOnly === true)
  if (field.type === 'tabs')
    return {
      ...field,
      tabs: field.tabs.map((tab) => ({ ...tab, fields: tab.fields.map((one) => withUtc(one, isWritten)) })),
    }
  if (field.type === 'row' || field.type === 'collapsible' || field.type === 'group')
    return { ...field, fields: field.fields.map((one) => withUtc(one, isWritten)) }
  return field
}

function inUtc(field: DateField, isWritten: boolean): DateField {
  const { admin = {} } = field
  const components = { Cell: CELL, ...(isWritten ? { Field: FIELD } : {}), ...admin.components }
  const picked = isWritten || admin.hidden ? {} : { description: 'In the time zone of your browser.' }
  return { ...field, admin: { ...picked, ...admin, components } }
}

/** The same field that Payload would add. */
const stamp = (name: string): DateField => ({
  name,
  type: 'date',
  admin: { disableBulkEdit: true, hidden: true },
  index: true,
  label: ({ t }) => t(`general:${name}` as 'general:createdAt'),
})
