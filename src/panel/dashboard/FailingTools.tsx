import type { WidgetServerProps } from 'payload'
import { breakerState } from '../../domain/tools/breakers'
import { Card, Nothing } from '../parts/Card'
import { usageLink } from '../parts/links'
import { inFull, inPercent } from '../parts/numbers'
import { dashboardData } from './load'
import { sumsByTool } from './sums'

const MOST = 6

const BREAKER = {
  closed: { words: 'Closed', className: 'hub-good' },
  open: { words: 'Open: not called', className: 'hub-bad' },
  trying: { words: 'Trying again', className: 'hub-warn' },
}

/** The tools with failed calls, the highest share first, and whether the hub still calls them. */
export async function FailingTools({ req }: WidgetServerProps) {
  const { cells, view, toolNames } = await dashboardData(req)
  const failing = sumsByTool(cells)
    .filter(({ failed }) => failed > 0)
    .sort((a, b) => b.failed / b.calls - a.failed / a.calls)
    .slice(0, MOST)
  const failed = { status: { in: 'error,timeout' } }
  if (failing.length === 0)
    return (
      <Card title="Failing tools">
        <Nothing>No call failed in this range.</Nothing>
      </Card>
    )
  return (
    <Card title="Failing tools" note="share of calls that failed" link={usageLink(view.span, failed)}>
      <div className="hub-scroll">
        <table className="hub-table">
          <thead>
            <tr>
              <th scope="col">Tool</th>
              <th scope="col">Failed</th>
              <th scope="col">Share</th>
              <th scope="col">Breaker here</th>
            </tr>
          </thead>
          <tbody>
            {failing.map((tool) => {
              const state = breakerState(tool.toolId)
              const breaker = state ? BREAKER[state] : { words: 'Not called', className: 'hub-note' }
              return (
                <tr key={tool.toolId}>
                  <td>
                    <a href={`/admin/collections/tools/${tool.toolId}`}>
                      {toolNames.get(tool.toolId) ?? 'Deleted tool'}
                    </a>
                  </td>
                  <td>
                    <a href={usageLink(view.span, { tool: { equals: tool.toolId }, ...failed })}>
                      {inFull(tool.failed)}
                    </a>
                  </td>
                  <td>{inPercent(tool.failed / tool.calls)}</td>
                  <td className={breaker.className}>{breaker.words}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      <p className="hub-note">
        Each process of the hub has breakers of its own: these are of the one that answers here.
      </p>
    </Card>
  )
}
