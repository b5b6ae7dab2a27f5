import { inTransaction } from '../../platform/database/sql'
import { type ExcessiveReport, takeExcessiveReports } from '../tools/excessive-reports'
import type { AlertsDeps, NewAlert } from './alert'
import { raiseAlert, readAudience } from './raise-alert'

/**
 * Raises alerts for upstreams that report an impossible number of tokens, once per tool, upstream and hour across all
 * instances. Returns how many were raised. An alert that cannot be written is lost; the next such report raises one.
 */
export async function watchReports(
  deps: AlertsDeps,
  reports: ExcessiveReport[] = takeExcessiveReports(),
): Promise<number> {
  let raised = 0
  for (const report of reports) {
    const isNew = await inTransaction(deps.pool, async (sql) =>
      raiseAlert(sql, toAlert(report), await readAudience(sql, deps), report.at),
    )
    if (isNew) raised += 1
  }
  return raised
}

function toAlert({ tool, upstream, at, figures }: ExcessiveReport): NewAlert {
  const where = upstream ? `${tool.name} (${upstream})` : tool.name
  const { reported, charged } = figures
  return {
    kind: 'report-above-bound',
    key: `report-above-bound:${tool.id}:${upstream ?? ''}:${at.toISOString().slice(0, 13)}`,
    title: `The tool ${where} reported ${whole(reported)} tokens for a call; ${whole(charged)} were charged`,
    data: { tool: tool.name, upstream, ...figures },
    toolId: tool.id,
  }
}

const number = new Intl.NumberFormat('en')
const whole = (value: number) => number.format(value)
