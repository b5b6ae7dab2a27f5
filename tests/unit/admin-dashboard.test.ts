import { describe, expect, test } from '@jest/globals'
import { usageLink } from '../../src/panel/parts/links'
import { chartSteps, readView, stepsOf } from '../../src/panel/parts/range'
import { scaleOf, toSeries } from '../../src/panel/parts/series'
import { inPercent, inTime } from '../../src/platform/kernel/in-words'

const now = new Date('2026-03-10T14:25:00Z')

describe("the dashboard's range", () => {
  test.each([
    ['24h', '2026-03-09T15:00:00.000Z', '2026-03-10T15:00:00.000Z', 24],
    ['7d', '2026-03-04T00:00:00.000Z', '2026-03-11T00:00:00.000Z', 7],
    ['90d', '2025-12-11T00:00:00.000Z', '2026-03-11T00:00:00.000Z', 90],
  ])('%s ends with the present hour or day', (range, from, until, steps) => {
    const { span, before } = readView({ range }, now)
    expect([span.from.toISOString(), span.until.toISOString()]).toEqual([from, until])
    expect(stepsOf(span)).toHaveLength(steps)
    expect(before.until).toEqual(span.from)
    expect(stepsOf(before)).toHaveLength(steps)
  })

  test('of its own counts both days, by the hour where it is short, and ends today', () => {
    const own = (from: string, to: string) => readView({ range: 'own', from, to }, now)
    expect(stepsOf(own('2026-03-01', '2026-03-02').span)).toHaveLength(48)
    expect(own('2026-03-01', '2026-03-05').span.unit).toBe('day')
    expect(chartSteps(own('2026-02-01', '2026-03-05').span)).toMatchObject({ unit: 'day' })
    const { unit, steps } = chartSteps(own('2025-09-01', '2026-03-05').span)
    expect([unit, steps.length, steps[1]]).toEqual(['week', 27, new Date('2025-09-08')])
    expect(own('2026-03-09', '2027-01-01').span.until.toISOString()).toBe('2026-03-11T00:00:00.000Z')
  })

  test.each([
    [{ range: 'own', from: '2026-03-05', to: '2026-03-01' }],
    [{ range: 'own', from: '2027-03-05', to: '2027-03-06' }],
    [{ range: 'own', from: 'x', to: ['2026-03-01'] }],
    [{ range: 'all' }],
    [undefined],
  ])('falls back to 30 days for %j', (query) => {
    expect(readView(query, now)).toMatchObject({ range: '30d', by: 'tool' })
  })
})

describe('a stacked chart', () => {
  const steps = stepsOf(readView({ range: '7d' }, now).span)
  const cell = (toolId: string, tokens: number, step = 0) => ({
    at: steps[step] as Date,
    toolId,
    planId: 'p',
    succeeded: 1,
    failed: 0,
    tokens,
  })

  test('keeps the largest five apart and adds up the rest', () => {
    const cells = [1, 2, 3, 4, 5, 6, 7].map((n) => cell(`t${n}`, n * 10))
    const series = toSeries(cells, steps, { key: (c) => c.toolId, name: (id) => id, value: (c) => c.tokens })
    expect(series.map(({ name, total }) => [name, total])).toEqual([
      ['t7', 70],
      ['t6', 60],
      ['t5', 50],
      ['t4', 40],
      ['t3', 30],
      ['2 others', 30],
    ])
  })

  test('puts each cell at its step, and leaves out what is not in the range', () => {
    const before = { ...cell('a', 9), at: new Date('2026-01-01') }
    const series = toSeries([cell('a', 1, 2), cell('a', 2, 2), before], steps, {
      key: (c) => c.toolId,
      name: (id) => id,
      value: (c) => c.tokens,
    })
    expect(series[0]?.values).toEqual([0, 0, 3, 0, 0, 0, 0])
  })

  test('of weeks adds up the days of each, the last one maybe fewer', () => {
    const weeks = [steps[0], steps[3], steps[6]] as Date[]
    const series = toSeries([cell('a', 1, 0), cell('a', 2, 2), cell('a', 4, 3), cell('a', 8, 6)], weeks, {
      key: (c) => c.toolId,
      name: (id) => id,
      value: (c) => c.tokens,
    })
    expect(series[0]?.values).toEqual([3, 4, 8])
  })

  test.each([
    [0, [0, 1]],
    [3, [0, 1, 2, 3]],
    [420_000, [0, 200_000, 400_000, 600_000]],
    [1_000, [0, 250, 500, 750, 1_000]],
  ])('has a scale of round numbers up to %i', (most, scale) => {
    expect(scaleOf(most)).toEqual(scale)
  })
})

test('a figure leads to its list with every condition in the address', () => {
  const span = { from: new Date('2026-03-01'), until: new Date('2026-03-02'), unit: 'day' as const }
  const query = new URL(usageLink(span, { status: { in: 'error,timeout' } }), 'http://h').searchParams
  expect(query.get('where[or][0][and][0][createdAt][greater_than_equal]')).toBe('2026-03-01T00:00:00.000Z')
  expect(query.get('where[or][0][and][1][createdAt][less_than]')).toBe('2026-03-02T00:00:00.000Z')
  expect(query.get('where[or][0][and][2][status][in]')).toBe('error,timeout')
})

test('numbers never look better than they are', () => {
  expect(inPercent(0.99999)).toBe('99.9%')
  expect(inPercent(1)).toBe('100%')
  expect(inTime(null)).toBe('–')
})
