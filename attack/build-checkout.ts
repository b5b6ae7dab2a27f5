import { spawn } from 'node:child_process'

/** Builds the hub of a checkout by its own command; what is built already is left as it is. Throws when that fails. */
export function buildCheckout(checkout: string, panel: boolean): Promise<void> {
  const child = spawn('npm', ['run', '--silent', 'build'], {
    cwd: checkout,
    stdio: 'inherit',
    env: { ...process.env, PANEL: panel ? 'on' : 'off' },
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`The build ended with ${code}`))))
  })
}
