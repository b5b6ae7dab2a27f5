import { prepareEnvironment } from '../environment'

/**
 * `npm run seed:demo` fills the hub with a quarter of made-up use; `npm run seed:demo -- --remove` takes it away. Ends
 * with 1 when there is demo data already.
 */
const remove = process.argv.includes('--remove')
const { database } = await prepareEnvironment()
const { openPayload } = await import('../payload')
const { migrateUp } = await import('../../platform/database/migrate')
const { seed } = await import('../seed')
const { flushLog } = await import('../../platform/log/log')
const { hubLog, runtime } = await import('../../platform/runtime/runtime')
const { removeDemo, seedDemo } = await import('../../../demo/demo')
const { Problem } = await import('../../platform/kernel/problem')

const payload = await openPayload()
const { config, pool } = runtime()
let failed = false
try {
  await migrateUp(payload, config.databaseUrl as string, () => seed(payload, pool))
  process.stdout.write(`${remove ? await takeAway() : await fill()}\n`)
} catch (error) {
  if (!(error instanceof Problem)) throw error
  process.stderr.write(`${error.message}\n`)
  failed = true
} finally {
  await database?.stop()
}
await flushLog(hubLog())
process.exit(failed ? 1 : 0)

async function fill(): Promise<string> {
  const { users, tools, calls } = await seedDemo(pool, new Date())
  return `Created ${users} users, ${tools} tools and ${calls} calls. Remove them with: npm run seed:demo -- --remove`
}

async function takeAway(): Promise<string> {
  const users = await removeDemo(pool)
  return users > 0 ? `Took ${users} users away, with all that was theirs` : 'There is no demo data'
}
