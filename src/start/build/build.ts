import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundleServer } from './bundle'
import { hashSources } from './hash'

const ROOT = process.cwd()
const say = (line: string) => process.stdout.write(`${line}\n`)

/**
 * Builds the server's bundle and, unless left out, the panel; each only when its sources or the lock file have
 * changed since. Shows what it is doing. Throws when a step fails.
 */
export async function build(options: { panel: boolean; force?: boolean }): Promise<void> {
  await mkdir(join(ROOT, 'dist'), { recursive: true })
  const hash = await hashSources(ROOT)
  await step('server', hash, options.force === true, () => bundleServer(ROOT), 'dist/server.js')
  if (options.panel) await step('panel', hash, options.force === true, buildPanel, '.next/BUILD_ID')
}

async function step(
  name: string,
  hash: string,
  force: boolean,
  work: () => Promise<void>,
  product: string,
): Promise<void> {
  const mark = join(ROOT, 'dist', `${name}.hash`)
  const built = await readFile(mark, 'utf8').catch(() => '')
  if (!force && built === hash && existsSync(join(ROOT, product))) return
  const started = Date.now()
  say(`Building the ${name}${name === 'panel' ? ' (a minute or two, only after a change)' : ''} …`)
  await writeFile(mark, '')
  await work()
  await writeFile(mark, hash)
  say(`Built the ${name} in ${Math.round((Date.now() - started) / 1000)} s`)
}

function buildPanel(): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = join(ROOT, 'node_modules/next/dist/bin/next')
    const env = { ...process.env, NODE_ENV: 'production' as const, NEXT_TELEMETRY_DISABLED: '1' }
    const child = spawn(process.execPath, [next, 'build'], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`next build failed:\n${output.slice(-6000)}`)),
    )
  })
}
