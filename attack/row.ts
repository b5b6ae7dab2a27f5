import type { Stage } from './stage/stage'

/** `failed`: the probe could not be played, so it says nothing about the hub. It counts as not held. */
export type Outcome = 'held' | 'not held' | 'failed'

/** One thing that was tried, and what was seen. */
export type Probe = { what: string; outcome: Outcome; seen: string; seconds: number }

/** What a probe found: whether the hub held, and the evidence in one sentence. */
export type Finding = { held: boolean; seen: string }

/** One row of the table of attacks. It held when each of its probes held. */
export type Row = {
  number: string
  title: string
  /** What the probes of this row try. */
  tried: string
  /** Rows after which a hub without the mend cannot be used any more are played last. */
  destructive?: boolean
  run: (stage: Stage) => Promise<Probe[]>
}

/** Collects the probes of one row. */
export class Probes {
  readonly list: Probe[] = []

  /** Plays one probe. An error is the probe's own, and does not stop those that come after it. */
  async play(what: string, look: () => Promise<Finding>): Promise<void> {
    const began = performance.now()
    const keep = (outcome: Outcome, seen: string) =>
      this.list.push({ what, outcome, seen, seconds: (performance.now() - began) / 1_000 })
    try {
      const { held, seen } = await look()
      keep(held ? 'held' : 'not held', seen)
    } catch (error) {
      keep('failed', error instanceof Error ? error.message : String(error))
    }
  }
}
