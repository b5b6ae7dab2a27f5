import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { buildCheckout } from './build-checkout'
import { startDatabase } from './database'
import { readOptions } from './options'
import { type PlayedRow, playAttacks } from './play'
import { describe, summary } from './report'

/** `npm run attack`: plays the table of attacks against a hub of its own. See README.md here. */
const say = (text: string) => process.stdout.write(`${text}\n`)
const { checkout, only, panel } = readOptions(process.argv.slice(2))
await buildCheckout(checkout, panel)
const database = await startDatabase()
let played: PlayedRow[] = []
try {
  const hasPanel = panel && existsSync(join(checkout, '.next/BUILD_ID'))
  played = await playAttacks({ checkout, hasPanel, only, onRow: (row) => say(describe(row)) })
} finally {
  await database.stop()
}
say(summary(played))
process.exit(played.length > 0 && played.every(({ held }) => held) ? 0 : 1)
