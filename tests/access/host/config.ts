import type { CollectionConfig, CollectionSlug, GlobalConfig, Plugin } from 'payload'

const title = () => ({ name: 'title', type: 'text' as const })

/** A usual application's collections: nearly none says who may use it. `guestbook.create` is opened by an option. */
export const hostCollections = (uploads: string): CollectionConfig[] => [
  { slug: 'staff', graphQL: { singularName: 'Member', pluralName: 'Members' }, auth: true, fields: [] },
  { slug: 'posts', enableQueryPresets: true, folders: true, orderable: true, fields: [title()] },
  { slug: 'notes', versions: { drafts: true }, trash: true, fields: [title()] },
  { slug: 'files', upload: { staticDir: uploads }, fields: [title()] },
  { slug: 'guestbook', graphQL: { singularName: 'Entry', pluralName: 'Entries' }, fields: [title()] },
  {
    slug: 'pages',
    access: { read: () => true },
    fields: [
      title(),
      { name: 'note', type: 'relationship', relationTo: 'notes' as CollectionSlug },
      { name: 'posts', type: 'relationship', relationTo: 'posts' as CollectionSlug, hasMany: true },
    ],
  },
]

export const header = (): GlobalConfig => ({ slug: 'header', versions: true, fields: [title()] })

/** A plugin that the host lists after the hub. */
export const laterPlugin: Plugin = (config) => ({
  ...config,
  collections: [...(config.collections ?? []), { slug: 'events', fields: [title()] }],
})

/** Scheduled, so that Payload adds a global of its own (`payload-jobs-stats`). */
export const task = {
  slug: 'tidy',
  schedule: [{ cron: '0 0 1 1 *', queue: 'nightly' }],
  handler: () => ({ output: {} }),
}

/** How GraphQL names them. */
export const NAMES: Record<string, { one: string; many: string }> = {
  staff: { one: 'Member', many: 'Members' },
  posts: { one: 'Post', many: 'Posts' },
  notes: { one: 'Note', many: 'Notes' },
  files: { one: 'File', many: 'Files' },
  guestbook: { one: 'Entry', many: 'Entries' },
  pages: { one: 'Page', many: 'Pages' },
  events: { one: 'Event', many: 'Events' },
  'payload-folders': { one: 'PayloadFolder', many: 'PayloadFolders' },
  'payload-locked-documents': { one: 'PayloadLockedDocument', many: 'PayloadLockedDocuments' },
  'payload-query-presets': { one: 'PayloadQueryPreset', many: 'PayloadQueryPresets' },
}
