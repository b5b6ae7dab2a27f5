import type { Endpoint, PayloadRequest, Where } from 'payload'
import { Problem } from '../../platform/kernel/problem'
import { isAdminRequest } from '../../platform/payload/access'

/**
 * The panel puts into the trash, and takes out of it, by one call with a filter. Nothing else of tools is changed in
 * bulk, so this stands before Payload's own endpoint, which is closed.
 */
export const trashEndpoint: Endpoint = { path: '/', method: 'patch', handler: moveByFilter }

/** More than a page of the panel's list are not moved at once. */
const MOST = 100

async function moveByFilter(req: PayloadRequest): Promise<Response> {
  const data = await readMove(req)
  if (!isAdminRequest(req) || data === null)
    throw new Problem('FORBIDDEN', 'Tools are changed one by one; only the trash takes several.')
  const found = await req.payload.find({
    collection: 'tools',
    where: (req.query.where ?? { id: { exists: false } }) as Where,
    trash: true,
    limit: MOST,
    depth: 0,
    overrideAccess: false,
    req,
  })
  const docs = []
  for (const { id } of found.docs)
    docs.push(
      await req.payload.update({
        collection: 'tools',
        id,
        data,
        trash: true,
        depth: 0,
        overrideAccess: false,
        req,
      }),
    )
  return Response.json({ docs, errors: [], message: docs.length === 1 ? 'Moved' : `${docs.length} moved` })
}

type Move = { deletedAt: string | null; _status?: 'draft' | 'published' }

/** The body where it moves and does nothing else; null for any other. */
async function readMove(req: PayloadRequest): Promise<Move | null> {
  const sent: unknown = await Promise.resolve(req.json?.()).catch(() => null)
  if (typeof sent !== 'object' || sent === null || !('deletedAt' in sent)) return null
  const { deletedAt, _status, ...more } = sent as Record<string, unknown>
  if (Object.keys(more).length > 0 || !(deletedAt === null || typeof deletedAt === 'string')) return null
  if (_status === undefined) return { deletedAt }
  return _status === 'draft' || _status === 'published' ? { deletedAt, _status } : null
}
