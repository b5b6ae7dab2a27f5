import {
  type CollectionConfig,
  type CollectionSlug,
  type Endpoint,
  isolateObjectProperty,
  type PayloadRequest,
  type Where,
} from 'payload'
import { invalidField, Problem } from '../kernel/problem'

/** More documents are refused: if some were left over, nobody would notice. */
const MOST = 1_000

type Deleted = { docs: unknown[]; errors: { id: unknown; message: string; isPublic: boolean }[] }

/**
 * `DELETE` with a filter, before Payload's own endpoint, which runs all documents at once on one request and in one
 * transaction. Here each document is deleted separately, and a refused one does not stop the others.
 */
export function bulkDelete(collection: CollectionConfig): Omit<Endpoint, 'root'>[] {
  return [{ path: '/', method: 'delete', handler: (req) => deleteByFilter(req, collection) }]
}

async function deleteByFilter(req: PayloadRequest, { slug, disableBulkDelete }: CollectionConfig) {
  if (disableBulkDelete) throw new Problem('FORBIDDEN', 'Delete one document at a time, by its id.')
  const asked = {
    collection: slug as CollectionSlug,
    trash: isAsked(req.query.trash),
    depth: 0,
    req,
  } as const
  const done: Deleted = { docs: [], errors: [] }
  for (const id of await matching(req, asked))
    await req.payload
      .delete({ ...asked, id, overrideAccess: false, req: isolateObjectProperty(req, ['transactionID']) })
      .then((doc) => done.docs.push(doc))
      .catch((error: unknown) => done.errors.push(refusal(req, id, error)))
  return answer(done)
}

const isAsked = (value: unknown): boolean => value === true || value === 'true'

type Asked = { collection: CollectionSlug; trash: boolean; depth: number; req: PayloadRequest }

/** The documents that the caller may read and delete. */
async function matching(req: PayloadRequest, asked: Asked): Promise<(string | number)[]> {
  const allowed = await req.payload.collections[asked.collection].config.access.delete({ req })
  if (!allowed) throw new Problem('FORBIDDEN', 'You may not delete these documents.')
  const { where } = req.query as { where?: Where }
  if (!where || Object.keys(where).length === 0) throw invalidField('where', 'A filter is required')
  const { totalDocs } = await req.payload.count({ ...asked, where, overrideAccess: false })
  if (totalDocs > MOST)
    throw invalidField('where', `It matches ${totalDocs} documents; the maximum is ${MOST}`)
  const found = await idsOf(req, { ...asked, where, overrideAccess: false })
  if (allowed === true) return found
  // Apart from the filter, which a caller writes: what they may delete may go by a field that they may not name.
  const mine: Where = { and: [{ id: { in: found } }, allowed] }
  return idsOf(req, { ...asked, where: mine, overrideAccess: true })
}

async function idsOf(
  req: PayloadRequest,
  filter: Asked & { where: Where; overrideAccess: boolean },
): Promise<(string | number)[]> {
  const { docs } = await req.payload.find({ ...filter, limit: MOST, pagination: false, sort: 'id' })
  return docs.map(({ id }) => id)
}

/** A refusal has its own message. An internal error is logged, and its message is not shown to the caller. */
function refusal(req: PayloadRequest, id: unknown, error: unknown): Deleted['errors'][number] {
  const { status, message } = error as { status?: number; message?: string }
  const isPublic = status !== undefined && status < 500
  if (!isPublic) req.payload.logger.error({ err: error }, 'a document could not be deleted')
  return { id, isPublic, message: isPublic ? String(message) : 'Something went wrong.' }
}

function answer(done: Deleted): Response {
  const count = done.docs.length
  const message = `${count} deleted${done.errors.length > 0 ? `, ${done.errors.length} not` : ''}`
  return Response.json({ ...done, message }, { status: done.errors.length > 0 ? 400 : 200 })
}
