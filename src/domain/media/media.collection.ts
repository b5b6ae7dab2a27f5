import { fileTypeFromBuffer } from 'file-type'
import type { Access, CollectionBeforeOperationHook, CollectionConfig, Where } from 'payload'
import type { Sql } from '../../platform/database/sql'
import { invalidField, Problem } from '../../platform/kernel/problem'
import { adminsOnlyField, isAdminRequest, nobodyField } from '../../platform/payload/access'
import { caller } from '../../platform/payload/caller'
import { readingSql, requestSql } from '../../platform/payload/payload-sql'
import { logoId } from '../settings/read-settings'
import { noteFiles } from './leftover-files'
import { shortName } from './short-name'

const IMAGES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif']
const MOST_BYTES = 5 * 1024 * 1024
/** The limit for one user; admins have none. */
const MOST_IMAGES = 100
const MOST_PIXELS = 25_000_000

/** Users see their own images and the icons of the tools that they see; everybody sees the logo; admins see all. */
const adminsOrVisible: Access = async ({ req }) => {
  if (isAdminRequest(req)) return true
  const me = caller(req)
  const sql = await readingSql(req)
  const logo = await logoId(sql)
  if (!me) return logo !== null && ({ id: { equals: logo } } as Where)
  const icons = await sql.query<{ id: string }>(
    'select distinct icon_id as id from tools where is_open and icon_id is not null',
  )
  return {
    or: [
      { owner: { equals: me.id } },
      { id: { in: [...icons.rows.map(({ id }) => id), ...(logo ? [logo] : [])] } },
    ],
  } as Where
}

/**
 * Request fields that name a file elsewhere: Payload would fetch it, but the hub sends no request on a user's behalf.
 */
const FILE_FIELDS = [
  'url',
  'filename',
  'thumbnailURL',
  'sizes',
  'uploadEdits',
  'filesize',
  'mimeType',
  'prefix',
]

/** Accepts only the bytes of this request; recognises an image by its content. Throws `Problem`. */
const checkUpload: CollectionBeforeOperationHook = async ({ args, operation, req }) => {
  if (operation !== 'create' && operation !== 'update') return args
  const data = (args as { data?: Record<string, unknown> }).data
  for (const field of FILE_FIELDS) if (data) delete data[field]
  // Payload would read this as a command to fetch the stored file from the host that the request names, and to crop it.
  delete req.query?.uploadEdits
  const file = req.file
  if (!file && operation === 'create') throw invalidField('file', 'Send an image, as multipart/form-data')
  if (!file) return args
  if (file.size > MOST_BYTES) {
    throw new Problem('PAYLOAD_TOO_LARGE', 'The image is larger than 5 MB', { details: [{ field: 'file' }] })
  }
  const kind = file.data?.length ? await fileTypeFromBuffer(file.data) : undefined
  if (!kind || !IMAGES.includes(kind.mime)) {
    throw invalidField(
      'file',
      'Only PNG, JPEG, WebP, GIF and AVIF images are accepted. The content decides, not the file name',
    )
  }
  file.name = shortName(file.name)
  if (operation === 'create' && !isAdminRequest(req))
    await requireRoom(await requestSql(req), caller(req)?.id)
  return args
}

/** The user's row is locked until the image is stored: simultaneous uploads are counted one after the other. */
async function requireRoom(sql: Sql, owner: string | undefined): Promise<void> {
  await sql.query('select from users where id = $1 for no key update', [owner])
  const { rows } = await sql.query<{ images: number }>(
    'select count(*)::int as images from media where owner_id = $1',
    [owner],
  )
  if ((rows[0]?.images ?? 0) < MOST_IMAGES) return
  throw new Problem('CONFLICT', `You have ${MOST_IMAGES} images. Delete one that you no longer use.`)
}

/** Icons of tools and avatars of users: images only, recognised by their content, resized by sharp. */
export const Media: CollectionConfig = {
  slug: 'media',
  labels: { singular: 'Image', plural: 'Images' },
  admin: {
    group: 'Catalogue',
    description: 'PNG, JPEG, WebP, GIF or AVIF, up to 5 MB.',
    defaultColumns: ['filename', 'alt', 'mimeType', 'filesize'],
  },
  disableDuplicate: true,
  disableBulkEdit: true,
  access: {
    read: adminsOrVisible,
    create: ({ req }) => caller(req)?.via === 'session',
    update: ({ req }) => {
      const me = caller(req)
      if (isAdminRequest(req)) return true
      return me?.via === 'session' ? { owner: { equals: me.id } } : false
    },
    delete: ({ req }) => {
      const me = caller(req)
      if (isAdminRequest(req)) return true
      return me?.via === 'session' ? { owner: { equals: me.id } } : false
    },
  },
  upload: {
    mimeTypes: IMAGES,
    imageSizes: [
      { name: 'icon', width: 64, height: 64, fit: 'cover', formatOptions: { format: 'webp' } },
      {
        name: 'card',
        width: 320,
        height: 320,
        fit: 'inside',
        withoutEnlargement: true,
        formatOptions: { format: 'webp' },
      },
    ],
    constructorOptions: { limitInputPixels: MOST_PIXELS },
    formatOptions: { format: 'webp' },
    resizeOptions: { width: 1024, height: 1024, fit: 'inside', withoutEnlargement: true },
    adminThumbnail: 'icon',
    pasteURL: false,
    // No file that the request only names: Payload would read it for every caller.
    requiresClientUploadReceipt: true,
    focalPoint: false,
    crop: false,
  },
  hooks: {
    beforeOperation: [checkUpload],
    beforeValidate: [noteFiles],
    beforeChange: [
      ({ data, operation, req }) => (operation === 'create' ? { ...data, owner: caller(req)?.id } : data),
    ],
  },
  fields: [
    {
      name: 'alt',
      type: 'text',
      maxLength: 200,
      admin: { description: 'What the image shows, for screen readers' },
    },
    {
      name: 'owner',
      type: 'relationship',
      relationTo: 'users',
      admin: { readOnly: true },
      access: { create: nobodyField, update: nobodyField, read: adminsOnlyField },
    },
  ],
}
