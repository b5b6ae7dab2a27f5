import { build } from '../build/build'

await build({
  panel: process.env.PANEL !== 'off' && process.env.PANEL !== 'false',
  force: process.argv.includes('--force'),
})
