import type { ApiContext } from '../api/envelope'
import type { Services } from '../api/services'
import type { ModelTool } from '../models/call-model'
import { type Planned, planEmbeddings } from '../models/input'
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
