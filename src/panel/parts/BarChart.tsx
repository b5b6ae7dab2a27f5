import { inFull, inShort } from '../../platform/kernel/in-words'
import type { ChartUnit } from './range'
import { type Series, scaleOf } from './series'
import { type Column, Table } from './Table'

const HEIGHT = 100

/** The colour of the n-th series; the series `others` is grey. */
export const colourOf = (series: Series, index: number): string =>
  `var(--hub-${series.id === 'others' ? 6 : (index % 6) + 1})`

export type Chart = { title: string; unit: ChartUnit; steps: Date[]; series: Series[] }

/** Stacked bars, one per step. The picture is for the eyes; a hidden table gives the same data to a screen reader. */
export function BarChart({ title, unit, steps, series }: Chart) {
  const sums = steps.map((_, index) => series.reduce((sum, one) => sum + (one.values[index] ?? 0), 0))
  const scale = scaleOf(Math.max(...sums))
  const top = scale.at(-1) as number
  return (
    <>
      <div className="hub-chart" aria-hidden="true">
        <div className="hub-chart__scale">
          {scale.map((line) => (
            <span key={line}>{inShort(line)}</span>
          ))}
        </div>
        <svg viewBox={`0 0 ${steps.length} ${HEIGHT}`} preserveAspectRatio="none">
          <title>{title}</title>
          {scale.map((line) => (
            <line
              key={line}
              x1={0}
              x2={steps.length}
              y1={HEIGHT * (1 - line / top)}
              y2={HEIGHT * (1 - line / top)}
              stroke="var(--hub-line)"
              vectorEffect="non-scaling-stroke"
            />
          ))}
          {steps.map((step, index) => (
            <Bar key={step.getTime()} {...{ step, index, series, unit, top }} sum={sums[index] ?? 0} />
          ))}
        </svg>
        <div className="hub-chart__times">
          {timesOf(steps).map((step) => (
            <span key={step.getTime()}>{inWords(step, unit === 'week' ? 'day' : unit)}</span>
          ))}
        </div>
      </div>
      <ChartTable {...{ title, unit, steps, series }} />
    </>
  )
}

function Bar(bar: {
  step: Date
  index: number
  series: Series[]
  unit: ChartUnit
  top: number
  sum: number
}) {
  const { step, index, series, unit, top, sum } = bar
  const parts = series.filter((one) => (one.values[index] ?? 0) > 0)
  const lines = parts.map((one) => `${one.name}: ${inFull(one.values[index] as number)}`)
  let below = 0
  return (
    <g>
      <title>{[`${inWords(step, unit)}: ${inFull(sum)}`, ...lines].join('\n')}</title>
      <rect x={index} y={0} width={1} height={HEIGHT} fill="transparent" />
      {parts.map((one) => {
        const height = (HEIGHT * (one.values[index] as number)) / top
        below += height
        return (
          <rect
            key={one.id}
            x={index + 0.14}
            y={HEIGHT - below}
            width={0.72}
            height={height}
            fill={colourOf(one, series.indexOf(one))}
          />
        )
      })}
    </g>
  )
}

const FIRST_COLUMN = { hour: 'Hour (UTC)', day: 'Day (UTC)', week: 'Seven days from (UTC)' }

/** The hidden table with every number of the chart. */
function ChartTable({ title, unit, steps, series }: Chart) {
  return (
    <Table
      look="chart"
      caption={title}
      rows={[...steps.entries()]}
      keyOf={([index]) => index}
      columns={[
        { heading: FIRST_COLUMN[unit], isRowHeading: true, cell: ([, step]) => inWords(step, unit) },
        ...series.map(
          ({ id, name, values }): Column<[number, Date]> => ({
            heading: name,
            key: id,
            cell: ([index]) => inFull(values[index] ?? 0),
          }),
        ),
      ]}
    />
  )
}

/** The first, the last, and some between them at even distances. */
function timesOf(steps: Date[]): Date[] {
  const count = Math.min(5, steps.length)
  const at = (place: number) => Math.round((place * (steps.length - 1)) / Math.max(1, count - 1))
  return Array.from({ length: count }, (_, place) => steps[at(place)] as Date)
}

const day = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' })
const hour = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
  timeZone: 'UTC',
})

const inWords = (step: Date, unit: ChartUnit) => {
  if (unit === 'week') return `7 days from ${day.format(step)}`
  return unit === 'hour'
    ? `${day.format(step)}, ${hour.format(step).replace('24:', '00:')}`
    : day.format(step)
}
