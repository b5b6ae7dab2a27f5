import type { WidgetServerProps } from 'payload'
import { Card, Nothing } from '../parts/Card'
import { settledLink } from '../parts/links'
import { inFull, inPercent, inShort, inTime } from '../parts/numbers'
import { dashboardData } from './load'
import { sumsByTool } from './sums'

const MOST = 6

/** The tools that used the most tokens. */
export async function TopTools({ req }: WidgetServerProps) {
  const { cells, view, toolNames, p95ByTool } = await dashboardData(req)
  const tools = sumsByTool(cells)
    .filter(({ calls }) => calls > 0)
    .sort((a, b) => b.tokens - a.tokens || b.calls - a.calls)
    .slice(0, MOST)
  if (tools.length === 0)
    return (
      <Card title="Top tools">
        <Nothing>No tool was called in this range.</Nothing>
      </Card>
    )
  return (
    <Card title="Top tools" note="by tokens" link={settledLink(view.span)}>
      <div className="hub-scroll">
        <table className="hub-table">
          <thead>
            <tr>
              <th scope="col">Tool</th>
              <th scope="col">Tokens</th>
              <th scope="col">Calls</th>
              <th scope="col">Success</th>
              <th scope="col">p95</th>
            </tr>
          </thead>
          <tbody>
            {tools.map((tool) => (
              <tr key={tool.toolId}>
                <td>
                  <a href={`/admin/collections/tools/${tool.toolId}`}>
                    {toolNames.get(tool.toolId) ?? 'Deleted tool'}
                  </a>
                </td>
                <td title={inFull(tool.tokens)}>{inShort(tool.tokens)}</td>
                <td>
                  <a href={settledLink(view.span, { tool: { equals: tool.toolId } })}>{inFull(tool.calls)}</a>
                </td>
                <td>{tool.successRate === null ? '–' : inPercent(tool.successRate)}</td>
                <td>{inTime(p95ByTool.get(tool.toolId) ?? null)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}
