import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Pool } from 'pg'
import { ask, CALLERS, type Caller, type Cast, castOfCallers, hubDatabase } from './callers'
import { field } from './operations'

let db: Pool
let cast: Cast

beforeAll(async () => {
  db = hubDatabase()
  cast = await castOfCallers()
})
afterAll(() => db.end())

const ONLY_ADMINS: Record<Caller, boolean> = {
  anonymous: false,
  owner: false,
  other: false,
  "owner's key": false,
  "admin's key": false,
  admin: true,
}

type Answered = { status: number; body: unknown }
const graphAllowed = ({ body }: Answered) => !(body as { errors?: unknown }).errors

/** Writes what is stored already, so that the hub that all tests share stays as it is. */
const SAME = { hubName: 'Joyfull UI Hub' }

async function outcomes(does: (headers: Record<string, string>) => Promise<boolean>) {
  const found: Record<string, boolean> = {}
  for (const caller of CALLERS) found[caller] = await does(cast.headers[caller])
  return found
}

/** The settings are for admins who signed in by password, through every door; what is refused changes nothing. */
describe('the settings', () => {
  const stamp = async () => (await db.query('select xmin::text as version from settings')).rows[0]?.version

  test('are read by admins alone', async () => {
    const rest = await outcomes(
      async (headers) => (await ask('GET', '/api/globals/settings', { headers })).status === 200,
    )
    expect(rest).toEqual(ONLY_ADMINS)
    const graph = await outcomes(async (headers) => {
      const answer = (await field('Setting', {}, '{ hubName }', headers)) as Answered
      return graphAllowed(answer)
    })
    expect(graph).toEqual(ONLY_ADMINS)
  })

  test('are changed by admins alone', async () => {
    const rest = await outcomes(async (headers) => {
      const before = await stamp()
      const allowed = (await ask('POST', '/api/globals/settings', { headers, body: SAME })).status === 200
      expect((await stamp()) !== before).toBe(allowed)
      return allowed
    })
    expect(rest).toEqual(ONLY_ADMINS)
    const graph = await outcomes(async (headers) => {
      const before = await stamp()
      const allowed = graphAllowed(
        (await field('updateSetting', { data: SAME }, '{ hubName }', headers)) as Answered,
      )
      expect((await stamp()) !== before).toBe(allowed)
      return allowed
    })
    expect(graph).toEqual(ONLY_ADMINS)
  })

  test('tell each caller what they may do', async () => {
    for (const caller of CALLERS) {
      const answer = (await field(
        'docAccessSetting',
        {},
        '{ update { permission } }',
        cast.headers[caller],
      )) as Answered
      const { data } = answer.body as {
        data: { docAccessSetting: { update: { permission: boolean } | null } | null }
      }
      expect([caller, data.docAccessSetting?.update?.permission ?? false]).toEqual([
        caller,
        ONLY_ADMINS[caller],
      ])
    }
  })

  test('keep no versions', async () => {
    for (const path of ['/versions', '/versions/0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01'])
      expect((await ask('GET', `/api/globals/settings${path}`, { headers: cast.headers.admin })).status).toBe(
        404,
      )
  })
})
