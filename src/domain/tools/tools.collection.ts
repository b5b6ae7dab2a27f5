import type { CollectionConfig, Where } from 'payload'
import { adminsOnly, adminsOrWhere } from '../../platform/payload/access'
import { lockBeforeUpdate } from '../../platform/payload/payload-sql'
import { checkTool, fillSlug, storeSecrets } from './payload-hooks'
import { fromPublished, noteDraft, noteStored } from './stored-tool'
import { aboutFields, callFields, inputAndMeteringFields, pageParts } from './tool-fields'

/** What users see: as `is_open` in the database, which admission and the catalogue ask. */
const OPEN: Where = {
  and: [
    { isActive: { equals: true } },
    { _status: { equals: 'published' } },
    { deletedAt: { exists: false } },
  ],
}

/** What can be called, and how. Users see published and active tools; how a tool is reached is for admins. */
export const Tools: CollectionConfig = {
  slug: 'tools',
  labels: { singular: 'Tool', plural: 'Tools' },
  admin: {
    group: 'Catalogue',
    useAsTitle: 'name',
    defaultColumns: ['name', 'slug', 'adapter', 'minimumTier', 'isActive', '_status', 'updatedAt'],
    description: 'A tool is defined once and can be called from then on.',
    components: { beforeListTable: ['/src/panel/tools/McpImport#McpImport'] },
  },
  defaultSort: 'name',
  disableDuplicate: true,
  disableBulkEdit: true,
  // A draft is whole, only not published: it can be tried as it stands, and publishing it asks for nothing more.
  versions: { maxPerDoc: 200, drafts: { validate: true } },
  trash: true,
  access: {
    read: adminsOrWhere(OPEN),
    readVersions: adminsOnly,
    create: adminsOnly,
    update: adminsOnly,
    delete: adminsOnly,
  },
  hooks: {
    beforeOperation: [lockBeforeUpdate('tools'), noteDraft, fromPublished],
    beforeValidate: [fillSlug],
    beforeChange: [checkTool, noteStored],
    afterChange: [storeSecrets],
  },
  fields: [...aboutFields, ...callFields, ...inputAndMeteringFields, ...pageParts],
}
