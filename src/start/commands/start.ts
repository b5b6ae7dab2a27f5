import { existsSync } from 'node:fs'
import { build } from '../build/build'
import { runServer } from './run-server'

if (existsSync('.env')) process.loadEnvFile('.env')

const panel = !['off', 'false', '0'].includes(process.env.PANEL ?? '')

try {
  await build({ panel })
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exit(1)
}
await runServer([])
