import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type CountingTool, startCountingTool } from '../instances/counting-tool'
import { Stage } from '../instances/stage'
import { hubDatabase, type TestDatabase } from '../support/database'
import { startTestHub, type TestHub } from '../support/hub'
import { CLIENTS } from './clients'

/** No instance keeps anything of a client: another one, or the same after a restart, answers its next request. */
let database: TestDatabase
let one: TestHub
let other: TestHub
let upstream: CountingTool
let tool: string
let key: string

beforeAll(async () => {
  database = await hubDatabase()
  upstream = await startCountingTool()
  ;[one, other] = await Promise.all([startTestHub(database.url), startTestHub(database.url)])
  const stage = await Stage.open(one)
  tool = await stage.tool(upstream.url, { fixed: 10 })
  key = (await stage.caller(await stage.plan(100_000))).key
}, 120_000)
afterAll(async () => {
  await Promise.all([one?.stop(), other?.stop()])
  await upstream?.close()
  await database?.drop()
})

/** The line of a request; the log is written in blocks, so it may come a moment later. */
async function lineOf(hub: TestHub, id: string): Promise<Record<string, unknown>> {
  for (;;) {
    const [line] = hub
      .output()
      .split('\n')
      .filter((one) => one.includes(id) && one.endsWith('}'))
    if (line) return JSON.parse(line) as Record<string, unknown>
    await sleep(50)
  }
}

test('each request is one line of the log, under its id, with who called and how long it took', async () => {
  const id = crypto.randomUUID()
  const call = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: tool, arguments: { wait_ms: 300 } },
  }
  const answer = await fetch(`${one.url}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'x-request-id': id,
    },
    body: JSON.stringify(call),
  })
  expect(await answer.text()).toContain('structuredContent')
  const line = await lineOf(one, id)
  expect(line).toMatchObject({ method: 'POST', route: '/mcp', status: 200, user_id: expect.any(String) })
  expect(Number(line.duration_ms)).toBeGreaterThanOrEqual(290)
})

describe.each(CLIENTS)('%s', (_name, connect) => {
  test('goes on where it was after the hub was killed and started again', async () => {
    const client = await connect(key, { url: `${one.url}/mcp` })
    const before = await client.callTool(tool)
    expect(before.isError ?? false).toBe(false)
    await one.kill()
    await expect(client.callTool(tool)).rejects.toThrow()
    one = Object.assign(await startTestHub(database.url, { PORT: new URL(one.url).port }), { url: one.url })
    expect((await client.callTool(tool)).isError ?? false).toBe(false)
    expect((await client.listTools()).length).toBeGreaterThan(0)
    await client.close()
  })

  test('one client, two instances: whichever answers', async () => {
    for (const { url } of [one, other, one]) {
      const client = await connect(key, { url: `${url}/mcp` })
      expect((await client.callTool(tool)).isError ?? false).toBe(false)
      await client.close()
    }
  })
})
