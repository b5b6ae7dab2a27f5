import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

export type Options = { checkout: string; only: string[] | undefined; panel: boolean }

/** `--checkout <folder>`, `--rows A1,A4`, `--no-panel`. Throws for an unknown one, and for a folder without a hub. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      checkout: { type: 'string', default: '.' },
      rows: { type: 'string' },
      'no-panel': { type: 'boolean', default: false },
    },
  })
  const checkout = resolve(values.checkout)
  if (!existsSync(join(checkout, 'payload.config.ts')))
    throw new Error(`${checkout} is not a checkout of the hub`)
  return { checkout, only: values.rows?.split(',').map((row) => row.trim()), panel: !values['no-panel'] }
}
