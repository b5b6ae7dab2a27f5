import { join } from 'node:path'
import { build } from 'esbuild'

/** Bundles the server and its commands to `dist`, every package left outside. */
export async function bundleServer(root: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: {
      server: 'src/start/main.ts',
      migrate: 'src/start/commands/migrate.ts',
      'ledger-check': 'src/start/commands/ledger-check.ts',
    },
    outdir: join(root, 'dist'),
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    jsx: 'automatic',
    sourcemap: true,
    logLevel: 'warning',
  })
}
