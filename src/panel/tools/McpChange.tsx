import { readImports } from '../../domain/tools/mcp/imports'
import { fingerprintOf } from '../../domain/tools/mcp/remote-tools'
import { inUtc } from '../../platform/kernel/in-words'
import { runtime } from '../../platform/runtime/runtime'
import { Card } from '../parts/Card'
import { AcceptChange } from './AcceptChange'

/**
 * Warns if the MCP server now describes the tool differently from the accepted description, and shows the difference.
 */
export async function McpChange({ id }: { id: string }) {
  const known = (await readImports(runtime().pool, [id])).get(id)
  if (!known || (known.changedAt ?? known.problem) === null) return null
  const { changedAt, problem, seen } = known
  return (
    <Card title="Its MCP server">
      {problem && <p className="hub-bad">{problem}</p>}
      {changedAt && seen && (
        <>
          <p className="hub-warn">
            Its server changed its description or schema on {inUtc(changedAt)}. The tool is as it was.
          </p>
          <p className="hub-note">The server now says:</p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus */}
          <pre className="hub-mcp__seen" tabIndex={0}>
            {`${seen.description}\n\n${JSON.stringify(seen.inputSchema, null, 2)}`}
          </pre>
          <AcceptChange id={id} fingerprint={fingerprintOf(seen)} />
        </>
      )}
    </Card>
  )
}
