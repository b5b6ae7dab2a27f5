import type { CollectionSlug, Endpoint, PayloadRequest, Where } from 'payload'
import { mergeListSearchAndWhere } from 'payload/shared'
import type { Sql } from '../../platform/database/sql'
import { csvLine } from '../../platform/kernel/csv'
import { Problem } from '../../platform/kernel/problem'
import { isAdminRequest } from '../../platform/payload/access'
import { caller } from '../../platform/payload/caller'
import { readingSql } from '../../platform/payload/payload-sql'
import { runtime } from '../../platform/runtime/runtime'
import { payloadBy } from './payload-by'
import { recordAudit } from './record'

const ROWS_AT_ONCE = 500

/** A row of the list, by field. */
export type Row = Record<string, unknown>

/** Adds columns that are not in the documents to the rows of one read. */
export type AddColumns = (sql: Sql, rows: Row[]) => Promise<Row[]>

/**
 * An endpoint that responds with all pages of a filtered list of a collection as CSV, newest first. It is streamed by
 * keyset: any number of rows needs the memory of 500, and `addColumns` gets 500 at once. Only for admins; each export
 * is recorded.
 */
export function csvExport(
  slug: CollectionSlug,
  title: string,
  columns: readonly string[],
  addColumns: AddColumns = async (_sql, rows) => rows,
): Omit<Endpoint, 'root'> {
  return {
    path: '/export',
    method: 'get',
    handler: async (req) => {
      if (!caller(req)) throw new Problem('UNAUTHORIZED', 'Sign in first.')
      if (!isAdminRequest(req))
        throw new Problem('FORBIDDEN', `Only an admin can export the ${title.toLowerCase()}`)
      const where = filterOf(req, slug)
      const read = async (before: unknown) =>
        addColumns(await readingSql(req), await rowsBefore(req, slug, where, before))
      // An invalid filter is refused before the file starts.
      const first = await read(null)
      const note = `CSV, filtered by ${JSON.stringify(where).slice(0, 1_000)}`
      await recordAudit(runtime().pool, payloadBy(req), [
        { action: 'export', subject: slug, subjectId: null, title, note },
      ])
      const name = title.toLowerCase().replaceAll(' ', '-')
      return new Response(stream(columns, first, read), {
        headers: {
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': `attachment; filename="${name}.csv"`,
          'cache-control': 'no-store',
        },
      })
    },
  }
}

/** The query of the panel's list: its filters, and the words in its search. */
function filterOf(req: PayloadRequest, slug: CollectionSlug): Where {
  const { search, where = {} } = req.query as { search?: unknown; where?: Where }
  const collectionConfig = req.payload.collections[slug].config
  return mergeListSearchAndWhere({
    collectionConfig,
    search: typeof search === 'string' ? search : '',
    where,
  })
}

function stream(
  columns: readonly string[],
  first: Row[],
  read: (before: unknown) => Promise<Row[]>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let rows = first
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(csvLine(columns))),
    pull: async (controller) => {
      if (rows.length === 0) return controller.close()
      const lines = rows.map((row) => csvLine(columns.map((name) => row[name])))
      controller.enqueue(encoder.encode(lines.join('')))
      rows = rows.length < ROWS_AT_ONCE ? [] : await read(rows[rows.length - 1]?.id)
    },
  })
}

async function rowsBefore(
  req: PayloadRequest,
  slug: CollectionSlug,
  where: Where,
  id: unknown,
): Promise<Row[]> {
  const { docs } = await req.payload.find({
    collection: slug,
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
