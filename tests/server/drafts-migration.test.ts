import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { drizzle } from '@payloadcms/db-postgres/drizzle/node-postgres'
import { migrations } from '../../migrations'
import { freshDatabase, type TestDatabase } from '../support/database'

const AT = migrations.findIndex(({ name }) => name.endsWith('_drafts'))

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase(2)
})
afterAll(() => database.drop())

/** Runs a migration as the hub does: in one transaction. */
async function run(migrate: ((args: never) => Promise<void>) | undefined): Promise<void> {
  const client = await database.pool.connect()
  await client.query('begin')
  await migrate?.({ db: drizzle(client) } as never)
  await client.query('commit')
  client.release()
}

const one = async (text: string) => (await database.pool.query(text)).rows[0]

test('tools that were there before drafts are published, listed by a version, and stay so on the way back', async () => {
  for (const { up } of migrations.slice(0, AT)) await run(up)
  await database.pool.query(`
    insert into tools (id, name, slug, description, adapter, model, is_active)
    values ('0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01', 'Chat', 'chat', 'A model', 'openai', 'm', true),
           ('0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b02', 'Off', 'off', 'Switched off', 'http', null, false)`)
  await database.pool.query(`
    insert into tools_upstreams (_order, _parent_id, id, name, adapter, endpoint, model)
    values (1, '0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01', gen_random_uuid(), 'backup', 'openai', 'https://b/v1', 'm')`)
  const drafts = migrations[AT]
  await run(drafts?.up)

  const open = await database.pool.query('select slug, _status, is_open from tools order by slug')
  expect(open.rows).toEqual([
    { slug: 'chat', _status: 'published', is_open: true },
    { slug: 'off', _status: 'published', is_open: false },
  ])
  expect(
    await one(`select count(*)::int as n, bool_and(latest) as latest, bool_and(version__status = 'published') as all
               from _tools_v v join tools t on t.id = v.parent_id and t.name = v.version_name`),
  ).toEqual({ n: 2, latest: true, all: true })
  expect(
    await one(
      `select u.name, v.version_slug from _tools_v_version_upstreams u join _tools_v v on v.id = u._parent_id`,
    ),
  ).toEqual({ name: 'backup', version_slug: 'chat' })

  await database.pool.query(`delete from tools where slug = 'off'`)
  expect(await one('select count(*)::int as n from _tools_v')).toEqual({ n: 1 })
  await database.pool.query(`update tools set _status = 'draft' where slug = 'chat'`)
  await database.pool.query(`insert into tools (id, name, slug, description, deleted_at)
    values ('0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b03', 'Chat', 'chat', 'In the trash', now())`)
  await run(drafts?.down)
  const back = await database.pool.query('select slug, is_active from tools order by slug')
  expect(back.rows).toEqual([{ slug: 'chat', is_active: false }])
  await expect(
    database.pool.query(`insert into tools (id, name, slug, description)
    values (gen_random_uuid(), 'Chat', 'another', 'x')`),
  ).rejects.toThrow(/tools_name_idx/)
  await run(drafts?.up)
})
