import type { UIFieldServerProps } from 'payload'
import { opens } from '../../domain/billing/plans'
import { waysToCall } from '../../domain/snippets/ways-to-call'
import { refreshCatalogue } from '../../domain/tools/catalogue'
import { runtime } from '../../platform/runtime/runtime'
import { Card, Nothing } from '../parts/Card'
import { WayTabs } from './WayTabs'

/** Snippets of more tools than this would make the page slow; the other tools show them on their own pages. */
const MOST_TOOLS = 50

/** On a plan's page: the tools that it includes, and how each is called. */
export async function PlanWays({ id, data }: UIFieldServerProps) {
  if (!id) return null
  const { pool, config } = runtime()
  const all = (await refreshCatalogue(pool)).tools.filter((tool) => tool.isActive && opens(data.tier, tool))
  const shown = all.slice(0, MOST_TOOLS)
  const note =
    all.length > shown.length ? `${all.length} tools, the first ${shown.length} are shown.` : undefined
  return (
    <Card title="Tools that it opens" note={note} link="/admin/collections/tools">
      {shown.length === 0 && <Nothing>No active tool is open to this plan.</Nothing>}
      {shown.map((tool) => (
        <details key={tool.id} className="hub-tool">
          <summary>
            {tool.name} <span className="hub-note">from {tool.minimumTier}</span>
          </summary>
          <p className="hub-note">
            <a href={`/admin/collections/tools/${tool.id}`}>Its page</a>
          </p>
          <WayTabs ways={waysToCall(tool, config.hubUrl)} label={`Ways to call ${tool.name}`} />
        </details>
      ))}
    </Card>
  )
}
