import type { UsageSpan } from '../../domain/usage/activity'

export const PRESETS = ['24h', '7d', '30d', '90d'] as const

/** What the dashboard shows, from the page's address: `?range=30d&by=tool`, `?range=own&from=…&to=…`. */
export type DashboardView = {
  range: (typeof PRESETS)[number] | 'own'
  by: 'tool' | 'plan'
  span: UsageSpan
  /** The previous period: as long as `span` and right before it. */
  before: UsageSpan
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const LONGEST_DAYS = 366
/** A range of at most this many days is shown by the hour. */
const DAYS_BY_HOUR = 2

/**
 * Reads the range from the dashboard's address. Days are in UTC, and every preset includes today; 24 hours are whole
 * hours, including the current one. An invalid address means the last 30 days: an old link must not fail.
 */
export function readView(query: Record<string, unknown> | undefined, now: Date): DashboardView {
  const by = query?.by === 'plan' ? 'plan' : 'tool'
  const own = query?.range === 'own' ? ownSpan(query.from, query.to, now) : null
  const asked = PRESETS.find((preset) => preset === query?.range) ?? '30d'
  const span = own ?? presetSpan(asked, now)
  const length = span.until.getTime() - span.from.getTime()
  const before = { ...span, from: new Date(span.from.getTime() - length), until: span.from }
  return { range: own ? 'own' : asked, by, span, before }
}

function presetSpan(preset: (typeof PRESETS)[number], now: Date): UsageSpan {
  if (preset === '24h') {
    const until = (Math.floor(now.getTime() / HOUR_MS) + 1) * HOUR_MS
    return { from: new Date(until - DAY_MS), until: new Date(until), unit: 'hour' }
  }
  const until = dayOf(now) + DAY_MS
  return { from: new Date(until - Number.parseInt(preset, 10) * DAY_MS), until: new Date(until), unit: 'day' }
}

function ownSpan(from: unknown, to: unknown, now: Date): UsageSpan | null {
  const [first, last] = [readDay(from), readDay(to)]
  if (first === null || last === null || last < first) return null
  const end = Math.min(last, dayOf(now)) + DAY_MS
  const start = Math.max(first, end - LONGEST_DAYS * DAY_MS)
  if (start >= end) return null
  const unit = end - start <= DAYS_BY_HOUR * DAY_MS ? 'hour' : 'day'
  return { from: new Date(start), until: new Date(end), unit }
}

const dayOf = (time: Date) => Math.floor(time.getTime() / DAY_MS) * DAY_MS

function readDay(text: unknown): number | null {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null
  const time = Date.parse(`${text}T00:00:00Z`)
  return Number.isNaN(time) ? null : time
}

/** The UTC days that a span touches, as a span: sums by user exist only for whole days. */
export function wholeDays({ from, until }: UsageSpan): UsageSpan {
  return {
    from: new Date(dayOf(from)),
    until: new Date(dayOf(new Date(until.getTime() - 1)) + DAY_MS),
    unit: 'day',
  }
}

/** The time that one bar of a chart covers. */
export type ChartUnit = UsageSpan['unit'] | 'week'

/** Up to this many days get a bar each; more bars could not be told apart. */
const MOST_BARS_OF_DAYS = 120

/**
 * The bars of a chart over a span: one per hour, per day, or per seven days for a long span; the last may cover fewer.
 */
export function chartSteps(span: UsageSpan): { unit: ChartUnit; steps: Date[] } {
  const steps = stepsOf(span)
  if (span.unit === 'hour' || steps.length <= MOST_BARS_OF_DAYS) return { unit: span.unit, steps }
  return { unit: 'week', steps: steps.filter((_, index) => index % 7 === 0) }
}

/** Every hour or day of a span. */
export function stepsOf({ from, until, unit }: UsageSpan): Date[] {
  const step = unit === 'hour' ? HOUR_MS : DAY_MS
  const count = Math.round((until.getTime() - from.getTime()) / step)
  return Array.from({ length: count }, (_, index) => new Date(from.getTime() + index * step))
}
