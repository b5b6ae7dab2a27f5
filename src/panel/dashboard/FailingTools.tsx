import type { WidgetServerProps } from 'payload'
import { breakerState } from '../../domain/tools/breakers'
import { inFull, inPercent } from '../../platform/kernel/in-words'
import { Card } from '../parts/Card'
import { usageLink } from '../parts/links'
import { Table } from '../parts/Table'
import { dashboardData } from './load'
import { sumsByTool } from './sums'
import { toolColumn } from './tool-column'

const MOST = 6

const BREAKER = {
  closed: { words: 'Closed', className: 'hub-good' },
  open: { words: 'Open: not called', className: 'hub-bad' },
  trying: { words: 'Trying again', className: 'hub-warn' },
  none: { words: 'Not called', className: 'hub-note' },
}

const breakerOf = ({ toolId }: { toolId: string }) => BREAKER[breakerState(toolId) ?? 'none']

/** The tools with failed calls, the highest share first, and whether the hub still calls them. */
export async function FailingTools({ req }: WidgetServerProps) {
  const { cells, view, toolNames } = await dashboardData(req)
  const failing = sumsByTool(cells)
    .filter(({ failed }) => failed > 0)
    .sort((a, b) => b.failed / b.calls - a.failed / a.calls)
    .slice(0, MOST)
  const failed = { status: { in: 'error,timeout' } }
  return (
    <Card
      title="Failing tools"
      note="share of calls that failed"
      link={usageLink(view.span, failed)}
      empty={failing.length === 0 && 'No call failed in this range.'}
    >
      <Table
        rows={failing}
        keyOf={({ toolId }) => toolId}
        columns={[
          toolColumn(toolNames),
          {
            heading: 'Failed',
            cell: (tool) => (
              <a href={usageLink(view.span, { tool: { equals: tool.toolId }, ...failed })}>
                {inFull(tool.failed)}
              </a>
            ),
          },
          { heading: 'Share', cell: (tool) => inPercent(tool.failed / tool.calls) },
          {
            heading: 'Breaker here',
            cell: (tool) => breakerOf(tool).words,
            className: (tool) => breakerOf(tool).className,
          },
        ]}
      />
      <p className="hub-note">
        Each process of the hub has breakers of its own: these are of the one that answers here.
      </p>
    </Card>
  )
}
