import type { Probe, Row } from './row'
import { rows } from './rows'
import { openStage, type Stage } from './stage/stage'

export type PlayedRow = { row: Row; probes: Probe[]; held: boolean; seconds: number }

type Options = {
  /** The folder whose hub is attacked. It must be built. */
  checkout: string
  hasPanel: boolean
  /** Numbers of rows; all of them by default. */
  only?: readonly string[] | undefined
  onRow?: (played: PlayedRow) => void
}

/** Plays the rows one after another and returns them in the order of the table. */
export async function playAttacks({ checkout, hasPanel, only, onRow }: Options): Promise<PlayedRow[]> {
  const chosen = rows.filter(({ number }) => !only || only.includes(number))
  const stage = await openStage(checkout, hasPanel)
  const played: PlayedRow[] = []
  try {
    for (const row of inOrder(chosen)) {
      const one = await playRow(row, stage)
      played.push(one)
      onRow?.(one)
    }
  } finally {
    await stage.close()
  }
  return played.sort((one, other) => chosen.indexOf(one.row) - chosen.indexOf(other.row))
}

/** The order in which rows are played: those that break a hub without the mend come last. */
export function inOrder(chosen: readonly Row[]): Row[] {
  return [...chosen.filter((row) => !row.destructive), ...chosen.filter((row) => row.destructive)]
}

/** Plays all probes of one row. */
export async function playRow(row: Row, stage: Stage): Promise<PlayedRow> {
  const began = performance.now()
  const probes = await row
    .run(stage)
    .catch((error: Error): Probe[] => [
      { what: 'the row could not be prepared', outcome: 'failed', seen: error.message, seconds: 0 },
    ])
  const held = probes.length > 0 && probes.every(({ outcome }) => outcome === 'held')
  return { row, probes, held, seconds: (performance.now() - began) / 1_000 }
}
