import { perProcess } from '../../platform/kernel/process'
import { isApart } from './breakers'
import { MAIN } from './model-row'
import type { Tool } from './tool'

/** A report of an upstream that cannot be true: what it said, and what was charged instead. */
export type ExcessiveReport = {
  tool: Pick<Tool, 'id' | 'name'>
  /** Null: the tool's own address. */
  upstream: string | null
  at: Date
  figures: ReportFigures
}

export type ReportFigures = { reported: number; charged: number } & Record<string, number>

const noted = () => perProcess('tools.excessive-reports', () => new Map<string, ExcessiveReport>())

/** Keeps a report for the alerts, the largest of each upstream; a trial's is its admin's to see. */
export function noteExcessiveReport(
  tool: Tool,
  upstream: string,
  figures: ReportFigures,
  at = new Date(),
): void {
  if (isApart(tool)) return
  const key = `${tool.id} ${upstream}`
  const known = noted().get(key)
  if (known && known.figures.reported >= figures.reported) return
  const { id, name } = tool
  noted().set(key, { tool: { id, name }, upstream: upstream === MAIN ? null : upstream, at, figures })
}

/** What was noted since the last look. */
export function takeExcessiveReports(): ExcessiveReport[] {
  const reports = [...noted().values()]
  noted().clear()
  return reports
}
