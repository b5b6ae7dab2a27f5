import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { playRow } from '../../attack/play'
import { rows } from '../../attack/rows'
import { openStage, type Stage } from '../../attack/stage/stage'

/**
 * Protects against faults of the panel that were found by attacking the hub: the rows of attacks that need a built panel,
 * played from outside as `npm run attack` does.
 */
const WITH_PANEL = ['A11', 'A15']

let stage: Stage

beforeAll(async () => {
  stage = await openStage(process.cwd(), true)
})
afterAll(() => stage.close())

const table = rows
  .filter(({ number }) => WITH_PANEL.includes(number))
  .map((row) => [row.number, row.title, row] as const)

test.each(table)('%s does not succeed with the panel on: %s', async (_number, _title, row) => {
  const { probes } = await playRow(row, stage)
  expect(probes.length).toBeGreaterThan(0)
  expect(probes.filter(({ outcome }) => outcome !== 'held')).toEqual([])
})
