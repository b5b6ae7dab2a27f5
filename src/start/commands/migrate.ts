import { prepareEnvironment } from '../environment'

/** `npm run migrate` brings the database up; `npm run migrate -- down` takes the newest batch back. */
const down = process.argv[2] === 'down'
const { database } = await prepareEnvironment()
const { openPayload } = await import('../payload')
const { migrateDown, migrateUp } = await import('../../platform/database/migrate')
const { seed } = await import('../seed')
const { sealSecretsAgain } = await import('../seal-again')
const { flushLog } = await import('../../platform/log/log')
const { hubLog, runtime } = await import('../../platform/runtime/runtime')

const payload = await openPayload()
const { config, pool, secret } = runtime()
try {
  process.stdout.write(`${await (down ? takeBack() : bringUp())}\n`)
} finally {
  await database?.stop()
}
await flushLog(hubLog())
process.exit(0)

async function takeBack(): Promise<string> {
  const taken = await migrateDown(payload, config.databaseUrl as string)
  return taken ? 'Took back the newest migrations' : 'There is no migration to take back'
}

async function bringUp(): Promise<string> {
  await migrateUp(payload, config.databaseUrl as string, async () => {
    await seed(payload, pool)
    await sealSecretsAgain(pool, secret, hubLog())
  })
  return 'The database is at the newest schema'
}
