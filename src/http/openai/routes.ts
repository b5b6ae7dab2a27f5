import type { ApiContext } from '../kit/envelope'
import type { Registry } from '../kit/registry'
import type { Services } from '../kit/services'
import { serveChat } from './chat'
import { describeOpenAi } from './document'
import { serveEmbeddings } from './embeddings'
import { sendError } from './errors'
import { serveModel, serveModels } from './models'
import { BASES, isOpenAiPath } from './paths'
import { serveResponses } from './responses'

type Serve = (services: Services, c: ApiContext) => Promise<Response>

/** Adds the OpenAI-compatible API at `/v1`, which keeps OpenAI's own shapes. */
export function addOpenAi(registry: Registry): void {
  const { services } = registry
  registry.addErrorShape({ owns: isOpenAiPath, send: (c, problem) => sendError(c, problem) })
  const route = (method: string, path: string, serve: Serve) => {
    for (const base of BASES) registry.route(method, `${base}${path}`, (c) => serve(services, c))
  }
  route('get', '/models', serveModels)
  route('get', '/models/{model}', serveModel)
  route('post', '/chat/completions', calling(serveChat))
  route('post', '/responses', calling(serveResponses))
  route('post', '/embeddings', calling(serveEmbeddings))
  describeOpenAi(registry)
}

/** Notes that a tool is called here; its name is noted when the body was read. */
function calling(serve: Serve): Serve {
  return (services, c) => {
    c.env.called = null
    return serve(services, c)
  }
}
