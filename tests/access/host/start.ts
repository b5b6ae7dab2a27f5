import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresAdapter } from '@payloadcms/db-postgres'
import {
  buildConfig,
  getPayload,
  handleEndpoints,
  type Payload,
  type Plugin,
  type SanitizedConfig,
} from 'payload'
import { hubDatabase, type TestDatabase } from '../../support/database'
import { header, hostCollections, laterPlugin, task } from './config'
import { makeTables, newestSnapshot } from './tables'

/** What a host's config is built from; `log` has the lines that Payload logged. */
type Place = { database: TestDatabase; directory: string; log: string[]; open: string[] }

export type Host = Place & {
  payload: Payload
  rest: (request: Request) => Promise<Response>
  graphql: (request: Request) => Promise<Response>
  close: () => Promise<void>
}

/**
 * An application with the hub inside, on a database of its own, without any server: its Payload answers in this
 * process, as it does on plain Next.
 */
export async function startHost(open: string[]): Promise<Host> {
  const directory = await mkdtemp(join(tmpdir(), 'hub-host-'))
  const database = await hubDatabase(4)
  process.env.DATABASE_URL = database.url
  process.env.HUB_TEST_HUB_DATABASE_URL = database.url
  process.env.PAYLOAD_SECRET = process.env.HUB_TEST_SECRET
  process.env.HUB_DATA_DIR = directory
  process.env.PAYLOAD_DISABLE_DEPENDENCY_CHECKER = 'true'
  process.env.GENERATED_API_RATE = '1000000'
  const log: Host['log'] = []
  const place = { database, directory, log, open }
  const config = buildHost(place)
  const payload = await getPayload({ config })
  await makeTables(payload, database, await newestSnapshot())
  const { GRAPHQL_POST } = await import('@payloadcms/next/routes')
  return {
    ...place,
    payload,
    rest: (request) => handleEndpoints({ config, request }),
    graphql: GRAPHQL_POST(config),
    close: async () => {
      const { runtime } = await import('../../../src/platform/runtime/runtime')
      await payload.destroy()
      await runtime().pool.end()
      await database.drop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Imported late: the hub reads the environment when it is loaded. */
async function hubPlugin(open: string[]) {
  const { hub } = await import('../../../src/start/hub')
  const { runtime } = await import('../../../src/platform/runtime/runtime')
  return hub(runtime().config, { open })
}

/** The host's config, new each time: Payload changes the one that it sanitises. `more` are plugins listed last. */
export async function buildHost(place: Place, more: Plugin[] = []): Promise<SanitizedConfig> {
  const { directory, log, open } = place
  return buildConfig({
    secret: String(process.env.PAYLOAD_SECRET),
    telemetry: false,
    typescript: { autoGenerate: false },
    logger: { options: { level: 'info' }, destination: { write: (line: string) => void log.push(line) } },
    db: hostAdapter(place),
    plugins: [await hubPlugin(open), laterPlugin, ...more],
    collections: hostCollections(join(directory, 'files')),
    globals: [header()],
    jobs: { tasks: [task] },
  })
}

export const hostAdapter = ({ database }: Pick<Place, 'database'>) =>
  postgresAdapter({ idType: 'uuidv7', push: false, pool: { connectionString: database.url, max: 8 } })
