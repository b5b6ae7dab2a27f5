const whole = new Intl.NumberFormat('en')
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const share = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })

/** A whole number in full: 12,345. */
export const inFull = (value: number): string => whole.format(value)

/** A number in short form: 12.3K. */
export const inShort = (value: number): string => short.format(value)

/** A number with its noun, whose plural ends in -s: 1 user, 12,345 users. */
export const counted = (value: number, noun: string): string =>
  `${inFull(value)} ${noun}${value === 1 ? '' : 's'}`

/** A share between 0 and 1 as per cent, to a tenth. Never rounded up to 100 %. */
export const inPercent = (value: number): string =>
  share.format(value < 1 ? Math.floor(value * 1_000) / 1_000 : value)

/** Milliseconds in readable form: 840 ms, 1.4 s. */
export const inTime = (ms: number | null): string =>
  ms === null ? '–' : ms < 1_000 ? `${whole.format(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`

/** A time in UTC, to the minute (2026-03-01 14:05 UTC) or to the second. */
export const inUtc = (at: Date, to: 'minute' | 'second' = 'minute'): string =>
  `${at
    .toISOString()
    .slice(0, to === 'minute' ? 16 : 19)
    .replace('T', ' ')} UTC`

/** The UTC day of a moment, 2026-03-01. A label beside it, or above its column, says that it is in UTC. */
export const utcDay = (at: Date): string => at.toISOString().slice(0, 10)
