import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { postgresAdapter } from '@payloadcms/db-postgres'
import { s3Storage } from '@payloadcms/storage-s3'
import { buildConfig } from 'payload'
import sharp from 'sharp'
import { PAYLOAD_SETTINGS, sharePool } from './src/platform/database/pool'
import { databaseUrl, runtime } from './src/platform/runtime/runtime'
import { hub } from './src/start/hub'

const { config, secret } = runtime()
const here = process.env.HUB_ROOT ?? dirname(fileURLToPath(import.meta.url))

/** A Payload application that is nothing but the hub: a database, a place for uploads, and `hub()`. */
export default buildConfig({
  secret,
  telemetry: false,
  sharp,
  db: postgresAdapter({
    idType: 'uuidv7',
    push: false,
    migrationDir: resolve(here, 'migrations'),
    pool: {
      connectionString: databaseUrl(config),
      max: sharePool(config.databasePoolSize).payload,
      options: PAYLOAD_SETTINGS,
    },
  }),
  plugins: [
    hub(config),
    ...(config.s3
      ? [
          s3Storage({
            collections: { media: true },
            bucket: config.s3.bucket,
            config: {
              region: config.s3.region,
              endpoint: config.s3.endpoint,
              forcePathStyle: Boolean(config.s3.endpoint),
              credentials:
                config.s3.accessKeyId && config.s3.secretAccessKey
                  ? { accessKeyId: config.s3.accessKeyId, secretAccessKey: config.s3.secretAccessKey }
                  : undefined,
            },
          }),
        ]
      : []),
  ],
  admin: {
    meta: { titleSuffix: ' · Joyfull UI Hub' },
    importMap: { baseDir: here, importMapFile: resolve(here, 'src/app/(payload)/admin/importMap.js') },
  },
  typescript: { outputFile: resolve(here, 'src/payload-types.ts') },
  graphQL: { schemaOutputFile: resolve(here, 'dist/schema.graphql') },
})
