import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { catalogueAt, refreshCatalogue } from '../../src/domain/tools/catalogue'
import { clearToolSecrets, openSecrets, setToolSecrets } from '../../src/domain/tools/secrets'
import { hubSchemaUp } from '../../src/platform/database/schema'
import type { Sql } from '../../src/platform/database/sql'
import { setPerProcess } from '../../src/platform/kernel/process'
import { baseTables } from '../ledger/base-tables'
import { freshDatabase, type TestDatabase } from '../support/database'
import { SECRET } from './fixture'

let database: TestDatabase
let queries: string[] = []
const sql: Sql = {
  query: (text, values) => {
    queries.push(text)
    return database.pool.query(text, values as unknown[]) as never
  },
}
const loads = () => queries.filter((text) => text.includes('left join tools')).length
const version = async () =>
  Number((await database.pool.query('select version from catalogue_version')).rows[0].version)
const insertTool = async (name: string) =>
  (
    await database.pool.query(
      `insert into tools (name, slug, adapter, endpoint, headers, input_schema, metering_mode, metering_tokens, max_tokens)
       values ($1, $1, 'http', 'https://example.com/', '{"Accept": "text/plain", "bad": 1}', '{"required": ["a"]}', 'fixed', 7, 9)
       returning id`,
      [name],
    )
  ).rows[0].id as string

const secretNames = async (sql: Sql, id: string) =>
  (
    await sql.query<{ name: string }>('select name from tool_secrets where tool_id = $1 order by name', [id])
  ).rows.map(({ name }) => name)

beforeAll(async () => {
  database = await freshDatabase(4)
  for (const statement of [...baseTables, ...hubSchemaUp]) await database.pool.query(statement)
})
afterAll(() => database.drop())
beforeEach(async () => {
  await database.pool.query('delete from tools')
  setPerProcess('tools.catalogue', undefined)
  queries = []
})

describe('the catalogue', () => {
  test('of a hub without tools is empty, and has a version', async () => {
    const catalogue = await catalogueAt(sql)
    expect(catalogue.tools).toEqual([])
    expect(catalogue.version).toBe(await version())
  })

  test('holds a tool as it is stored, found by id and slug', async () => {
    const id = await insertTool('echo')
    const catalogue = await catalogueAt(sql)
    expect(catalogue.find('echo')).toBe(catalogue.find(id.toUpperCase()))
    expect(catalogue.find('echo')).toMatchObject({
      id,
      revision: 1,
      method: 'POST',
      headers: { Accept: 'text/plain' },
      inputSchema: { required: ['a'] },
      timeoutMs: 30_000,
      retries: 2,
      metering: { mode: 'fixed', path: null, tokens: 7 },
      maxTokens: 9,
      minimumTier: 'free',
      isActive: true,
      secretNames: [],
    })
    expect(catalogue.find('constructor')).toBeUndefined()
  })

  test('is loaded once for all who ask together, and again only for a newer version', async () => {
    await insertTool('echo')
    await Promise.all(Array.from({ length: 20 }, () => catalogueAt(sql)))
    await catalogueAt(sql, await version())
    expect(loads()).toBe(1)
    await database.pool.query(`update tools set description = 'changed'`)
    expect((await catalogueAt(sql, await version())).find('echo')).toMatchObject({
      description: 'changed',
      revision: 2,
    })
    expect(loads()).toBe(2)
  })

  test('a look at an unchanged one loads nothing; a changed or restored one is loaded', async () => {
    await catalogueAt(sql)
    await refreshCatalogue(sql)
    expect(loads()).toBe(1)
    await insertTool('new')
    expect((await refreshCatalogue(sql)).find('new')).toBeDefined()
    await database.pool.query('delete from tools')
    await database.pool.query('update catalogue_version set version = 1')
    expect((await refreshCatalogue(sql)).tools).toEqual([])
    expect(loads()).toBe(3)
  })
})

describe('secret headers', () => {
  test('are stored sealed, merged by name without case, and opened for the tool alone', async () => {
    const id = await insertTool('echo')
    await setToolSecrets(sql, id, { Authorization: 'Bearer planted', 'X-Key': 'one', 'X-Gone': 'x' }, SECRET)
    await setToolSecrets(sql, id, { 'x-key': 'two', 'X-Gone': null }, SECRET)
    expect(await secretNames(sql, id)).toEqual(['Authorization', 'x-key'])
    const tool = (await catalogueAt(sql, await version())).find(id)
    if (!tool) throw new Error('the tool is not there')
    expect(tool.secretNames).toEqual(['Authorization', 'x-key'])
    expect(openSecrets(tool, SECRET)).toEqual({ Authorization: 'Bearer planted', 'x-key': 'two' })
    expect(JSON.stringify(tool)).not.toContain('sealed')
    const stored = await database.pool.query('select sealed as text from tool_secrets')
    expect(JSON.stringify(stored.rows)).not.toContain('planted')
  })

  test('change the revision of their tool, so that no call goes out with the old ones', async () => {
    const id = await insertTool('echo')
    const before = (await catalogueAt(sql, await version())).find(id)?.revision ?? 0
    await setToolSecrets(sql, id, { 'X-Key': 'one' }, SECRET)
    const after = (await catalogueAt(sql, await version())).find(id)?.revision ?? 0
    expect(after).toBeGreaterThan(before)
  })

  test('are gone once cleared', async () => {
    const id = await insertTool('echo')
    await setToolSecrets(sql, id, { 'X-Key': 'one' }, SECRET)
    await clearToolSecrets(sql, id)
    expect(await secretNames(sql, id)).toEqual([])
  })

  test('that are no headers are refused, and nothing is stored', async () => {
    const id = await insertTool('echo')
    await expect(setToolSecrets(sql, id, { 'X-Key': 'a\r\nX: b' }, SECRET)).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
    })
    expect(await secretNames(sql, id)).toEqual([])
  })
})
