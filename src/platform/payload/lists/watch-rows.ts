import type { Payload, PayloadRequest } from 'payload'
import { worksInParts } from './in-parts'
import { countJoined } from './joins'
import { spendRows } from './row-budget'

type Query = { collection: string; req?: Partial<PayloadRequest> }
type Found = { docs: object[] }
type Find = (args: Query) => Promise<Found>
type FindOne = (args: Query) => Promise<object | null>

/**
 * Counts the rows that a REST request loads, so that its populated relations stay within the same maximum, and lets the
 * documents of a large list be worked on in parts.
 */
export function watchRows(payload: Payload): void {
  const db = payload.db as unknown as Record<'find' | 'findVersions' | 'queryDrafts', Find> & {
    findOne: FindOne
  }
  const count = ({ collection, req }: Query, docs: object[]) => {
    if (req?.payloadAPI !== 'REST') return
    const config = payload.collections[collection as 'users']?.config
    spendRows(req, collection, docs.length)
    if (config) spendRows(req, '', countJoined(config, docs))
  }
  for (const name of ['find', 'findVersions', 'queryDrafts'] as const) {
    const find = db[name]
    db[name] = async (args) => {
      const found = await find.call(payload.db, args)
      count(args, found.docs)
      return isOutside(args.req) ? { ...found, docs: worksInParts(found.docs) } : found
    }
  }
  const { findOne } = db
  db.findOne = async (args) => {
    const found = await findOne.call(payload.db, args)
    if (found) count(args, [found])
    return found
  }
}

const isOutside = (req: Query['req']): boolean => req?.payloadAPI === 'REST' || req?.payloadAPI === 'GraphQL'
