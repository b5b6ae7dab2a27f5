import { parseArgs } from 'node:util'

const PARTS = ['api', 'invoke', 'crowd', 'streams', 'bounds'] as const
export type Part = (typeof PARTS)[number]

export type Options = {
  parts: readonly Part[]
  full: boolean
  rounds: number
  durationMs: number
}

/** Reads `--full`, `--only part`, `--rounds n`, `--seconds n`. Throws on anything else. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      full: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string', default: '3' },
    },
  })
  const parts = values.only === undefined ? PARTS : PARTS.filter((part) => part === values.only)
  if (parts.length === 0) throw new Error(`--only takes one of ${PARTS.join(', ')}`)
  const rounds = Number(values.rounds ?? (values.full ? 5 : 3))
  const seconds = Number(values.seconds)
  if (!(rounds >= 1) || !(seconds > 0)) throw new Error('--rounds and --seconds take a number above zero')
  return { parts, full: values.full, rounds, durationMs: seconds * 1_000 }
}
