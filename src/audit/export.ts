import type { Endpoint, PayloadRequest, Where } from 'payload'
import { mergeListSearchAndWhere } from 'payload/shared'
import { isAdminRequest } from '../accounts/payload/access'
import { csvLine } from '../csv'
import { Problem } from '../problem'
import { runtime } from '../runtime'
import { payloadBy } from './payload-by'
import { recordAudit } from './record'

const ROWS_AT_ONCE = 500
const COLUMNS = [
  'id',
  'at',
  'action',
  'actorEmail',
  'actor',
  'via',
  'apiKeyId',
  'subject',
  'subjectId',
  'title',
  'note',
  'changes',
  'address',
  'userAgent',
  'requestId',
] as const

type Row = Record<(typeof COLUMNS)[number], unknown>

/** The rows of a filtered list as CSV, newest first, streamed: any number of them needs the memory of 500. */
export const exportEndpoint: Omit<Endpoint, 'root'> = {
  path: '/export',
  method: 'get',
  handler: async (req) => {
    if (!isAdminRequest(req)) throw new Problem('FORBIDDEN', 'Only an admin exports the audit log')
    const where = filterOf(req)
    // What the filter cannot mean is refused before a file begins.
    const first = await rowsBefore(req, where, null)
    const note = `CSV, filtered by ${JSON.stringify(where).slice(0, 1_000)}`
    const about = {
      action: 'export',
      subject: 'audit-logs',
      subjectId: null,
      title: 'Audit log',
      note,
    } as const
    await recordAudit(runtime().pool, payloadBy(req), [about])
    return new Response(stream(req, where, first), {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="audit-log.csv"',
        'cache-control': 'no-store',
      },
    })
  },
}

/** What the panel's list shows: its filters, and the words in its search. */
function filterOf(req: PayloadRequest): Where {
  const { search, where = {} } = req.query as { search?: unknown; where?: Where }
  const collectionConfig = req.payload.collections['audit-logs'].config
  return mergeListSearchAndWhere({
    collectionConfig,
    search: typeof search === 'string' ? search : '',
    where,
  })
}

function stream(req: PayloadRequest, where: Where, first: Row[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let rows = first
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(csvLine(COLUMNS))),
    pull: async (controller) => {
      if (rows.length === 0) return controller.close()
      controller.enqueue(
        encoder.encode(rows.map((row) => csvLine(COLUMNS.map((name) => row[name]))).join('')),
      )
      rows = rows.length < ROWS_AT_ONCE ? [] : await rowsBefore(req, where, rows[rows.length - 1]?.id)
    },
  })
}

async function rowsBefore(req: PayloadRequest, where: Where, id: unknown): Promise<Row[]> {
  const { docs } = await req.payload.find({
    collection: 'audit-logs',
    where: id === null ? where : { and: [where, { id: { less_than: id } }] },
    sort: '-id',
    depth: 0,
    limit: ROWS_AT_ONCE,
    pagination: false,
    overrideAccess: false,
    req,
  })
  return docs as unknown as Row[]
}
