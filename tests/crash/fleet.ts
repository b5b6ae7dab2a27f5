import { setTimeout as sleep } from 'node:timers/promises'
import { startTestHub, type TestHub } from '../support/hub'

/**
 * Some hubs on one database, each in a place of its own; one that is killed is started again in its place, so
 * that there is always something to talk to. Killed at any moment, also while it starts.
 */
export class Fleet {
  private readonly places: (TestHub | null)[]
  private readonly starting = new Set<Promise<void>>()
  kills = 0

  constructor(
    private readonly databaseUrl: string,
    size: number,
  ) {
    this.places = Array.from({ length: size }, () => null)
  }

  /** The hubs that are up, as far as is known. */
  get up(): TestHub[] {
    return this.places.filter((hub) => hub !== null)
  }

  async start(): Promise<void> {
    await Promise.all(this.places.map((_, place) => this.startIn(place)))
  }

  private async startIn(place: number): Promise<void> {
    this.places[place] = await startTestHub(this.databaseUrl, { LOG_LEVEL: 'warn' })
  }

  /** Kills the hub of a place that is up, and starts another in the background. */
  async killOne(): Promise<void> {
    while (this.up.length === 0) await sleep(10)
    const hub = this.up[Math.floor(Math.random() * this.up.length)] as TestHub
    const place = this.places.indexOf(hub)
    this.places[place] = null
    this.kills += 1
    await hub.kill()
    const started = this.startIn(place).finally(() => this.starting.delete(started))
    this.starting.add(started)
  }

  /** Resolves when every place has a hub that is up. */
  async whole(): Promise<void> {
    while (this.starting.size > 0) await Promise.all(this.starting)
  }

  async stop(): Promise<void> {
    await this.whole()
    await Promise.all(this.up.map((hub) => hub.stop()))
  }
}
