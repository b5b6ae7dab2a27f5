/** A billing period: `start` belongs to it, `end` is the first moment of the next. */
export type Period = { start: Date; end: Date }

/**
 * The period of a subscription at the moment `at`. Periods are calendar months in UTC, counted from the anchor: the
 * n-th starts n months after it, on the anchor's day and time. For an anchor on the 31st it is the last day of a
 * shorter month, and the 31st again after that. A moment before the anchor gets the first period. The SQL functions
 * hub_period_start and hub_period_end compute the same.
 */
export function periodAt(anchor: Date, at: Date): Period {
  const months = monthsBetween(anchor, at)
  const count = Math.max(0, addMonths(anchor, months) > at ? months - 1 : months)
  return { start: addMonths(anchor, count), end: addMonths(anchor, count + 1) }
}

function monthsBetween(from: Date, to: Date): number {
  return (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth()
}

function addMonths(anchor: Date, months: number): Date {
  const month = anchor.getUTCMonth() + months
  const lastDay = new Date(Date.UTC(anchor.getUTCFullYear(), month + 1, 0)).getUTCDate()
  const date = new Date(anchor)
  date.setUTCDate(1)
  date.setUTCMonth(month)
  date.setUTCDate(Math.min(anchor.getUTCDate(), lastDay))
  return date
}
