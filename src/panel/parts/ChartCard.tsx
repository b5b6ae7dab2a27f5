import { inFull, inShort } from '../../platform/kernel/in-words'
import { BarChart, type Chart, colourOf } from './BarChart'
import { Card } from './Card'
import type { Series } from './series'

type Props = Chart & {
  note: (total: string) => string
  link: string
  /** The list of one series' calls; null if there is no such list. */
  linkOf: (series: Series) => string | null
  empty: string
}

/** A stacked chart with its legend; each colour links to its calls. */
export function ChartCard({ note, link, linkOf, empty, ...chart }: Props) {
  const total = chart.series.reduce((sum, one) => sum + one.total, 0)
  return (
    <Card title={chart.title} note={note(inFull(total))} link={link} empty={total === 0 && empty}>
      <BarChart {...chart} />
      <ul className="hub-legend">
        {chart.series.map((one, index) => (
          <li key={one.id}>
            <span className="hub-dot" style={{ background: colourOf(one, index) }} />
            <Name name={one.name} link={linkOf(one)} />{' '}
            <span title={inFull(one.total)}>{inShort(one.total)}</span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

const Name = ({ name, link }: { name: string; link: string | null }) =>
  link === null ? name : <a href={link}>{name}</a>
