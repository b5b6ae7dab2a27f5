import type { ModelTool } from '../../domain/models/call-model'
import { type Planned, planEmbeddings } from '../../domain/models/input'
import type { ApiContext } from '../kit/envelope'
import type { Services } from '../kit/services'
import { type ModelEndpoint, serveModelCall } from './answer'

const endpoint: ModelEndpoint = { plan: planForEmbeddings }

/** POST /v1/embeddings. */
export function serveEmbeddings(services: Services, c: ApiContext): Promise<Response> {
  return serveModelCall(services, c, endpoint)
}

function planForEmbeddings(tool: ModelTool, body: Record<string, unknown>): Planned {
  if (tool.model.kind === 'embeddings') return planEmbeddings(tool, body)
  return {
    faults: [{ field: 'model', message: 'makes no embeddings: call it by POST /v1/chat/completions' }],
  }
}
