import { setImmediate as nextIteration, setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from '@jest/globals'
import { readJsonBody } from '../../src/http/kit/body'
import { readingPlace } from '../../src/http/kit/large-body'
import { ownIteration } from '../../src/platform/kernel/own-iteration'

const MIB = 1_048_576
const open: { end(): void }[] = []

function place() {
  const made = readingPlace()
  open.push(made)
  return made
}

afterEach(() => {
  for (const one of open.splice(0)) one.end()
})

/** Whether it resolves before the event loop has turned a few times. */
async function isReady(waiting: Promise<unknown>): Promise<boolean> {
  let ready = false
  void waiting.then(() => {
    ready = true
  })
  for (let turn = 0; turn < 3; turn += 1) await nextIteration()
  return ready
}

describe('large bodies are read one after another', () => {
  it('the next one starts when the one before was parsed', async () => {
    const [first, second] = [place(), place()]
    await first.waitFor(2 * MIB)
    const waiting = second.waitFor(2 * MIB)
    expect(await isReady(waiting)).toBe(false)
    first.end()
    expect(await isReady(waiting)).toBe(true)
  })

  it('one that passes the size while it is read waits once', async () => {
    const [first, second] = [place(), place()]
    await first.waitFor(MIB)
    await first.waitFor(MIB + 1)
    await first.waitFor(4 * MIB)
    const waiting = second.waitFor(MIB + 1)
    expect(await isReady(waiting)).toBe(false)
    first.end()
    await waiting
  })

  it('small ones never wait', async () => {
    await place().waitFor(8 * MIB)
    expect(await isReady(place().waitFor(MIB))).toBe(true)
  })

  it('a slow sender keeps others waiting for a moment only', async () => {
    await place().waitFor(8 * MIB)
    await place().waitFor(8 * MIB)
    await place().waitFor(8 * MIB)
  })

  it('a body that cannot be read or parsed makes room for the next', async () => {
    const broken = new ReadableStream({
      pull: (controller) => controller.error(new Error('the sender is gone')),
    })
    const headers = { 'content-type': 'application/json', 'content-length': String(2 * MIB) }
    const sent = (body: BodyInit) =>
      new Request('http://hub/', { method: 'POST', headers, body, duplex: 'half' } as RequestInit)
    await expect(readJsonBody(sent(broken), 4 * MIB)).rejects.toThrow('the sender is gone')
    await expect(readJsonBody(sent('{'.repeat(2 * MIB)), 4 * MIB)).rejects.toThrow('lists and objects')
    expect(await isReady(place().waitFor(2 * MIB))).toBe(true)
  })
})

it('work in a line gets an iteration of the event loop each, and others run in between', async () => {
  const order: string[] = []
  const work = [1, 2, 3].map((at) => ownIteration('test').then(() => order.push(`work ${at}`)))
  const between = (async () => {
    for (const at of [1, 2]) {
      await nextIteration()
      order.push(`other ${at}`)
    }
  })()
  await Promise.all([...work, between, sleep(1)])
  expect(order).toEqual(['other 1', 'work 1', 'other 2', 'work 2', 'work 3'])
})
