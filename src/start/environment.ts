import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, readConfig } from '../platform/config/environment'
import type { EmbeddedServer } from '../platform/database/embedded'

/** The configuration, and the embedded server if one is in use. */
export type Prepared = { config: Config; database: EmbeddedServer | null }

/**
 * Completes the environment before anything reads it: `.env`, the data directory, and in development a secret and an embedded
 * database if none is set. Throws `ConfigError` for an invalid variable.
 */
export async function prepareEnvironment(): Promise<Prepared> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const first = readConfig()
  Object.assign(process.env, { NODE_ENV: process.env.NODE_ENV ?? 'production' })
  process.env.NEXT_TELEMETRY_DISABLED = '1'
  process.env.DISABLE_PAYLOAD_HMR = 'true'
  // The storage plugin's newest release is one patch behind Payload's; the lock file holds what was tested together.
  process.env.PAYLOAD_DISABLE_DEPENDENCY_CHECKER = 'true'
  await mkdir(first.dataDir, { recursive: true })
  process.env.PAYLOAD_SECRET = first.secret ?? (await keptSecret(first.dataDir))
  const database = first.databaseUrl ? null : await embedded(first.dataDir)
  if (database) process.env.DATABASE_URL = database.url
  return { config: readConfig(), database }
}

async function embedded(dataDir: string): Promise<EmbeddedServer> {
  const { startEmbedded } = await import('../platform/database/embedded')
  return startEmbedded(dataDir, { options: ['-c', 'max_connections=200'] })
}

/** The secret from an earlier start, or a new one. Only the hub's account can read it. */
async function keptSecret(dataDir: string): Promise<string> {
  const file = join(dataDir, 'secret')
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch {
    const made = randomBytes(32).toString('hex')
    await writeFile(file, made, { mode: 0o600, flag: 'wx' })
    return made
  }
}
