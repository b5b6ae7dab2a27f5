import type { WidgetServerProps } from 'payload'
import type { ReactNode } from 'react'
import { inFull, inPercent, inShort, inTime } from '../../platform/kernel/in-words'
import { activeUsersLink, listLink, settledLink, usageLink } from '../parts/links'
import '../parts/panel.css'
import { dashboardData } from './load'
import { sumOf } from './sums'

/** The six figures of the range; each links to its list. */
export async function Figures({ req }: WidgetServerProps) {
  const data = await dashboardData(req)
  const { span } = data.view
  const [now, before] = [sumOf(data.cells), sumOf(data.before)]
  const held = data.plans.reduce((sum, plan) => sum + plan.tokensHeld, 0)
  return (
    <div className="hub-tiles">
      <Tile label="Invocations" count={now.calls} href={settledLink(span)}>
        <Change now={now.calls} before={before.calls} />
      </Tile>
      <Tile label="Tokens" count={now.tokens} href={usageLink(span, { tokensUsed: { greater_than: 0 } })}>
        <Change now={now.tokens} before={before.tokens} />
      </Tile>
      <Tile label="Active users" count={data.active} href={activeUsersLink(data.view)}>
        of {inFull(data.users)}
        {data.view.range === '24h' ? ', today and yesterday (UTC)' : ''}
      </Tile>
      <Tile
        label="Success rate"
        value={now.successRate === null ? '–' : inPercent(now.successRate)}
        href={usageLink(span, { status: { in: 'error,timeout' } })}
      >
        {inFull(now.failed)} failed
      </Tile>
      <Tile
        label="Duration, p95"
        value={inTime(data.p95Ms)}
        href={usageLink(span, data.p95Ms === null ? {} : { durationMs: { greater_than_equal: data.p95Ms } })}
      >
        at most 9 % above the true one
      </Tile>
      <Tile
        label="Tokens held now"
        count={held}
        href={listLink('usage-logs', { status: { equals: 'pending' } })}
      >
        by calls in flight
      </Tile>
    </div>
  )
}

type TileProps = { label: string; href: string; children: ReactNode } & (
  | { count: number }
  | { value: string }
)

/** A count is shown in short, and in full when the pointer rests on it. */
function Tile({ label, href, children, ...figure }: TileProps) {
  const isCount = 'count' in figure
  return (
    <section className="hub-card hub-tile" aria-label={label}>
      <h3 className="hub-note">{label}</h3>
      <a className="hub-tile__value" href={href} title={isCount ? inFull(figure.count) : undefined}>
        {isCount ? inShort(figure.count) : figure.value}
      </a>
      <p className="hub-note">{children}</p>
    </section>
  )
}

/** The comparison with the previous period, which is equally long. */
function Change({ now, before }: { now: number; before: number }) {
  if (before === 0) return <>nothing in the time before</>
  const share = (now - before) / before
  const sign = share > 0 ? '+' : share < 0 ? '−' : '±'
  return (
    <>
      {sign}
      {inPercent(Math.abs(share))} vs. previous period
    </>
  )
}
