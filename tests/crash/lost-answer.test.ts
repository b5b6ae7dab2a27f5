import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import pg from 'pg'
import { createMeter } from '../../src/domain/ledger/meter'
import { ledgerCheck } from '../../src/domain/usage/ledger-check'
import { World } from '../ledger/world'
import { until } from '../support/until'

/** A wire to the database that can lose the answers on their way, and be cut. */
class Wire {
  private readonly sockets = new Set<Socket>()
  private state: 'whole' | 'loses answers' | 'cut' = 'whole'
  private constructor(readonly server: Server) {}

  static async to(port: number): Promise<Wire> {
    const wire = new Wire(createServer((client) => wire.join(client, port)))
    await new Promise<void>((resolve) => wire.server.listen(0, '127.0.0.1', resolve))
    return wire
  }

  get port(): number {
    return (this.server.address() as { port: number }).port
  }

  private join(client: Socket, port: number): void {
    if (this.state === 'cut') return void client.destroy()
    const server = connect(port, '127.0.0.1')
    const end = () => [client, server].forEach((socket) => void socket.destroy())
    for (const socket of [client, server]) {
      this.sockets.add(socket)
      socket.on('error', end).on('close', end)
    }
    client.pipe(server)
    server.on('data', (data) => this.state === 'whole' && client.write(data))
  }

  loseAnswers(): void {
    this.state = 'loses answers'
  }

  cut(): void {
    this.state = 'cut'
    for (const socket of this.sockets) socket.destroy()
  }

  mend(): void {
    this.state = 'whole'
  }
}

let world: World
let wire: Wire
beforeAll(async () => {
  world = await World.open()
  wire = await Wire.to(Number(new URL(world.database.url).port))
})
afterAll(async () => {
  await world?.close()
  wire?.cut()
  wire?.server.close()
})

test('an admission that was committed unheard, and a database away after it: its hold falls as it is back', async () => {
  const url = Object.assign(new URL(world.database.url), { port: String(wire.port) }).toString()
  const pool = new pg.Pool({ connectionString: url, max: 4 })
  pool.on('error', () => undefined)
  world.pools.push(pool)
  const meter = createMeter(pool)
  const person = await world.subscriber({ tokens: 1_000 })
  expect(await meter.admit(world.call(person, { tokens: 2_000 }))).toMatchObject({ reason: 'too-large' })
  wire.loseAnswers()
  const call = world.call(person, { tokens: 900, deadlineMs: 600_000 })
  const admission = meter.admit(call).catch(() => 'no answer')
  const flying = async () => (await world.balance(person)).flying
  await until('the call in flight', async () => (await flying()) === 1)
  wire.cut()
  expect(await admission).toBe('no answer')
  await sleep(700)
  expect(await flying()).toBe(1)
  wire.mend()
  // Its deadline is ten minutes away, and nobody sweeps here.
  await until('the end of its hold', async () => (await flying()) === 0)
  expect(await world.balance(person)).toMatchObject({ used: 0, held: 0, flying: 0 })
  expect(await world.row(call.usageId)).toMatchObject({ status: 'error', error_code: 'ABANDONED' })
  expect(await ledgerCheck(world.pool)).toEqual([])
  await meter.close()
})
