import type { UIFieldServerProps } from 'payload'
import { breakerState } from '../../domain/tools/breakers'
import { toolOfDocument } from '../../domain/tools/document-tool'
import { Card } from '../parts/Card'
import { McpChange } from './McpChange'

const WORDS = {
  closed: { text: 'answers', className: 'hub-good' },
  open: { text: 'is taken to be down', className: 'hub-bad' },
  trying: { text: 'is being tried again', className: 'hub-warn' },
} as const

/** On a tool's page: what its MCP server changed, and how this process's calls of the tool and its upstreams ended. */
export function ToolHealth({ id, data }: UIFieldServerProps) {
  if (!id) return null
  const tool = toolOfDocument({ ...data, id: String(id) })
  const places = tool.model?.upstreams.map(({ name }) => name) ?? ['main']
  return (
    <>
      {tool.adapter === 'mcp' && <McpChange id={tool.id} />}
      <Card title="Its breaker, in this process">
        <ul className="hub-plain">
          {places.map((place) => {
            const state = breakerState(tool.id, place)
            const known = state && WORDS[state]
            return (
              <li key={place}>
                {places.length > 1 || place !== 'main' ? `${place} ` : 'The tool '}
                <span className={known?.className ?? ''}>{known?.text ?? 'was not called yet'}</span>
              </li>
            )
          })}
        </ul>
      </Card>
    </>
  )
}
