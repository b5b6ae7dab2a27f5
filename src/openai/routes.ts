import type { ApiContext } from '../api/envelope'
import { toProblem } from '../api/failures'
import { keepRefusedRequest } from '../api/keep-refused'
import type { Registry } from '../api/registry'
import type { Services } from '../api/services'
import { serveChat } from './chat'
import { describeOpenAi } from './document'
import { serveEmbeddings } from './embeddings'
import { sendError } from './errors'
import { serveModel, serveModels } from './models'
import { BASES } from './paths'
import { serveResponses } from './responses'

type Serve = (services: Services, c: ApiContext) => Promise<Response>

/** Adds the OpenAI-compatible API at `/v1`, which keeps OpenAI's own shapes. */
export function addOpenAi(registry: Registry): void {
  const { services } = registry
  const route = (method: string, path: string, serve: Serve) => {
    for (const base of BASES) registry.route(method, `${base}${path}`, (c) => inShape(services, c, serve))
  }
  route('get', '/models', serveModels)
  route('get', '/models/{model}', serveModel)
  route('post', '/chat/completions', serveChat)
  route('post', '/responses', serveResponses)
  route('post', '/embeddings', serveEmbeddings)
  describeOpenAi(registry)
}

async function inShape(services: Services, c: ApiContext, serve: Serve): Promise<Response> {
  try {
    return await serve(services, c)
  } catch (error) {
    const problem = toProblem(error)
    keepRefusedRequest(c, problem)
    if (problem.code === 'INTERNAL')
      services.log.error({ err: error, request_id: c.env.requestId }, 'unexpected')
    return sendError(c, problem)
  }
}
