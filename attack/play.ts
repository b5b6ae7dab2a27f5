import type { Probe, Row } from './row'
import { rows } from './rows'
import { openStage } from './stage/stage'

export type PlayedRow = { row: Row; probes: Probe[]; held: boolean; seconds: number }

type Options = {
  /** The folder whose hub is attacked. It must be built. */
  checkout: string
  hasPanel: boolean
  /** Numbers of rows; all of them by default. */
  only?: readonly string[]
  onRow?: (played: PlayedRow) => void
}

/** Plays the rows one after another, in the table's order but for those that break a hub without the mend. */
export async function playAttacks({ checkout, hasPanel, only, onRow }: Options): Promise<PlayedRow[]> {
  const chosen = rows.filter(({ number }) => !only || only.includes(number))
  const order = [...chosen.filter((row) => !row.destructive), ...chosen.filter((row) => row.destructive)]
  const stage = await openStage(checkout, hasPanel)
  const played: PlayedRow[] = []
  try {
    for (const row of order) {
      const began = performance.now()
      const probes = await row
        .run(stage)
        .catch((error: Error): Probe[] => [
          { what: 'the row could not be prepared', outcome: 'failed', seen: error.message },
        ])
      const held = probes.length > 0 && probes.every(({ outcome }) => outcome === 'held')
      const one = { row, probes, held, seconds: (performance.now() - began) / 1_000 }
      played.push(one)
      onRow?.(one)
    }
  } finally {
    await stage.close()
  }
  return chosen.map((row) => played.find((one) => one.row === row) as PlayedRow)
}
