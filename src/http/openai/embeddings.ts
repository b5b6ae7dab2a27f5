import type { ModelTool } from '../../domain/models/call-model'
import { type Preparation, prepareEmbeddings } from '../../domain/models/input'
import type { ApiContext } from '../kit/envelope'
import type { Services } from '../kit/services'
import { type ModelEndpoint, serveModelCall } from './answer'

const endpoint: ModelEndpoint = { prepared: prepareForEmbeddings }

/** POST /v1/embeddings. */
export function serveEmbeddings(services: Services, c: ApiContext): Promise<Response> {
  return serveModelCall(services, c, endpoint)
}

function prepareForEmbeddings(tool: ModelTool, body: Record<string, unknown>): Preparation {
  if (tool.model.kind === 'embeddings') return prepareEmbeddings(tool, body)
  return {
    faults: [{ field: 'model', message: 'makes no embeddings: call it by POST /v1/chat/completions' }],
  }
}
