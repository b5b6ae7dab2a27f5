import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { inOrder, playRow } from '../../attack/play'
import { rows } from '../../attack/rows'
import { openStage, type Stage } from '../../attack/stage/stage'

/**
 * Protects against faults that were found by attacking the hub, and others of their kind: each row of the table, played
 * from outside against hubs of its own, as `npm run attack` does. What needs the panel is played by the browser's tests.
 */
let stage: Stage

beforeAll(async () => {
  stage = await openStage(process.cwd(), false)
})
afterAll(() => stage.close())

const table = inOrder(rows).map((row) => [row.number, row.title, row] as const)

test.each(table)('%s does not succeed: %s', async (_number, _title, row) => {
  const { probes } = await playRow(row, stage)
  expect(probes.length).toBeGreaterThan(0)
  expect(probes.filter(({ outcome }) => outcome !== 'held')).toEqual([])
})
