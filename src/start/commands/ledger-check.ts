import { prepareEnvironment } from '../environment'

/**
 * `npm run ledger:check` recomputes the ledger's sums from its rows and prints each figure that differs. Ends with 0
 * when none does, 1 when one does, 2 when another check is running.
 */
const { database } = await prepareEnvironment()
const { runtime } = await import('../../platform/runtime/runtime')
const { runLedgerCheck } = await import('../../domain/usage/ledger-report')
const { toLines } = await import('../../domain/usage/ledger-lines')

const { pool } = runtime()
const report = await runLedgerCheck(pool, 'command').finally(async () => {
  await pool.end()
  await database?.stop()
})
process.stdout.write(`${toLines(report).join('\n')}\n`)
process.exit(report === null ? 2 : report.drift_count === 0 ? 0 : 1)
