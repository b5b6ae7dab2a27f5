import { inTransaction } from '../../platform/database/sql'
import { type ExcessiveReport, takeExcessiveReports } from '../tools/excessive-reports'
import type { AlertsDeps, NewAlert } from './alert'
import { raiseAlert, readAudience } from './raise-alert'

/**
 * Tells of upstreams whose reports of tokens cannot be true, once a tool, upstream and hour, whichever instance saw it.
 * Answers how many were raised. What cannot be written now is lost: the next such report is told of.
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
