import type { CollectionConfig } from 'payload'
import { adminsOnly, adminsOrWhere } from '../accounts/payload/access'
import { lockBeforeUpdate } from '../database/payload-sql'
import { checkTool, fillSlug, storeSecrets } from './payload-hooks'
import { aboutFields, callFields, inputAndMeteringFields } from './tool-fields'

/** What can be called, and how. Users see active tools; how a tool is reached is for admins. */
export const Tools: CollectionConfig = {
  slug: 'tools',
  labels: { singular: 'Tool', plural: 'Tools' },
  admin: {
    group: 'Catalogue',
    useAsTitle: 'name',
    defaultColumns: ['name', 'slug', 'adapter', 'minimumTier', 'isActive', 'updatedAt'],
    description: 'A tool is defined once and can be called from then on.',
  },
  defaultSort: 'name',
  disableDuplicate: true,
  disableBulkEdit: true,
  access: {
    read: adminsOrWhere({ isActive: { equals: true } }),
    create: adminsOnly,
    update: adminsOnly,
    delete: adminsOnly,
  },
  hooks: {
    beforeOperation: [lockBeforeUpdate('tools')],
    beforeValidate: [fillSlug],
    beforeChange: [checkTool],
    afterChange: [storeSecrets],
  },
  fields: [...aboutFields, ...callFields, ...inputAndMeteringFields],
}
