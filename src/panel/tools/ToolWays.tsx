import type { UIFieldServerProps } from 'payload'
import { waysToCall } from '../../domain/snippets/ways-to-call'
import { toolOfDocument } from '../../domain/tools/document-tool'
import { runtime } from '../../platform/runtime/runtime'
import { Card } from '../parts/Card'
import { WayTabs } from './WayTabs'

/** On a tool's page: how the saved tool is called through each interface. */
export function ToolWays({ id, data }: UIFieldServerProps) {
  if (!id) return null
  const tool = toolOfDocument({ ...data, id: String(id) })
  const { hubUrl } = runtime().config
  return (
    <Card title="How to call it" note="The key is taken from HUB_API_KEY. Published and active tools answer.">
      <WayTabs ways={waysToCall(tool, hubUrl)} label="Ways to call this tool" />
    </Card>
  )
}
