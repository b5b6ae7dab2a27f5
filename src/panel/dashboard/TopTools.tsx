import type { WidgetServerProps } from 'payload'
import { inFull, inPercent, inShort, inTime } from '../../platform/kernel/in-words'
import { Card } from '../parts/Card'
import { settledLink } from '../parts/links'
import { Table } from '../parts/Table'
import { dashboardData } from './load'
import { sumsByTool } from './sums'
import { toolColumn } from './tool-column'

const MOST = 6

/** The tools that used the most tokens. */
export async function TopTools({ req }: WidgetServerProps) {
  const { cells, view, toolNames, p95ByTool } = await dashboardData(req)
  const tools = sumsByTool(cells)
    .filter(({ calls }) => calls > 0)
    .sort((a, b) => b.tokens - a.tokens || b.calls - a.calls)
    .slice(0, MOST)
  return (
    <Card
      title="Top tools"
      note="by tokens"
      link={settledLink(view.span)}
      empty={tools.length === 0 && 'No tool was called in this range.'}
    >
      <Table
        rows={tools}
        keyOf={({ toolId }) => toolId}
        columns={[
          toolColumn(toolNames),
          { heading: 'Tokens', cell: ({ tokens }) => inShort(tokens), title: ({ tokens }) => inFull(tokens) },
          {
            heading: 'Calls',
            cell: ({ toolId, calls }) => (
              <a href={settledLink(view.span, { tool: { equals: toolId } })}>{inFull(calls)}</a>
            ),
          },
          {
            heading: 'Success',
            cell: ({ successRate }) => (successRate === null ? '–' : inPercent(successRate)),
          },
          { heading: 'p95', cell: ({ toolId }) => inTime(p95ByTool.get(toolId) ?? null) },
        ]}
      />
    </Card>
  )
}
