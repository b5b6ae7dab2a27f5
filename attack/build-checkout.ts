import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** Builds the hub of a checkout by its own command; what is built already is left as it is. Throws when that fails. */
export function buildCheckout(checkout: string, panel: boolean): Promise<void> {
  const tsx = join(checkout, 'node_modules/tsx/dist/cli.mjs')
  const child = spawn(process.execPath, [tsx, 'src/commands/build.ts'], {
    cwd: checkout,
    stdio: 'inherit',
    env: { ...process.env, PANEL: panel ? 'on' : 'off' },
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`The build ended with ${code}`))))
  })
}
