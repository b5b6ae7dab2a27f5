import type { WidgetServerProps } from 'payload'
import { inUtc, utcDay } from '../../platform/kernel/in-words'
import '../parts/panel.css'
import { type DashboardView, PRESETS, readView } from '../parts/range'

const NAMES: Record<(typeof PRESETS)[number], string> = {
  '24h': '24 hours',
  '7d': '7 days',
  '30d': '30 days',
  '90d': '90 days',
}

/** The range that the dashboard shows. It is part of the page's address, so that it can be saved and shared. */
export function RangePicker({ req }: WidgetServerProps) {
  const now = new Date()
  const view = readView(req.query, now)
  return (
    <header className="hub-view hub-range">
      <div>
        <h2>Overview</h2>
        <p className="hub-note">
          {wordsOf(view)} As of {inUtc(now)}.
        </p>
      </div>
      <div className="hub-choices">
        <nav className="hub-segments" aria-label="Range">
          {PRESETS.map((preset) => (
            <a key={preset} href={addressOf({ ...view, range: preset })} aria-current={view.range === preset}>
              {NAMES[preset]}
            </a>
          ))}
        </nav>
        <OwnRange view={view} />
        <nav className="hub-segments" aria-label="Charts by">
          {(['tool', 'plan'] as const).map((by) => (
            <a key={by} href={addressOf({ ...view, by })} aria-current={view.by === by}>
              By {by}
            </a>
          ))}
        </nav>
      </div>
    </header>
  )
}

function OwnRange({ view }: { view: DashboardView }) {
  const { first, last } = daysOf(view)
  return (
    <details className="hub-own">
      <summary>{view.range === 'own' ? `${first} to ${last}` : 'Custom range'}</summary>
      <form method="get" action="/admin">
        <input type="hidden" name="range" value="own" />
        <input type="hidden" name="by" value={view.by} />
        <label>
          First day (UTC)
          <input className="hub-input" type="date" name="from" defaultValue={first} required />
        </label>
        <label>
          Last day (UTC)
          <input className="hub-input" type="date" name="to" defaultValue={last} required />
        </label>
        <button className="hub-button hub-button--main" type="submit">
          Show
        </button>
      </form>
    </details>
  )
}

const dayText = (time: number) => utcDay(new Date(time))

const daysOf = ({ span }: DashboardView) => ({
  first: dayText(span.from.getTime()),
  last: dayText(span.until.getTime() - 1),
})

function wordsOf(view: DashboardView): string {
  const { first, last } = daysOf(view)
  if (view.range === '24h') return `From ${inUtc(view.span.from)} on.`
  return `${first} to ${last} (UTC).`
}

/** The address of the same dashboard with another choice. */
function addressOf(view: DashboardView): string {
  const own = view.range === 'own' ? `&from=${daysOf(view).first}&to=${daysOf(view).last}` : ''
  return `/admin?range=${view.range}${own}&by=${view.by}`
}
