import { type RouteConfig, z } from '@hono/zod-openapi'
import type { Registry } from '../kit/registry'
import {
  ChatBody,
  ChatCompletion,
  Embeddings,
  EmbeddingsBody,
  Models,
  OneModel,
  OpenAiError,
  ResponsesAnswer,
  ResponsesBody,
} from './schemas'

type Described = {
  method: 'get' | 'post'
  path: string
  operationId: string
  summary: string
  answer: z.ZodType
  body?: z.ZodType
  params?: z.ZodObject
  /** Whether the answer may come as server-sent events. */
  streams?: boolean
}

const ERRORS: Record<number, string> = {
  400: 'Invalid request, or the provider refused it',
  401: 'No valid API key or access token',
  403: 'The plan does not open the model, or its tokens are spent: `insufficient_quota`, not to be tried again',
  404: 'There is no such model',
  413: 'The body is too large',
  415: 'The body is not JSON',
  429: 'Too many requests, or tokens held by calls in flight; see `Retry-After`',
  500: 'A failure of the hub itself',
  502: "The provider's answer made no sense",
  503: 'Not available at the moment',
  504: 'The provider took too long',
}

const OPERATIONS: Described[] = [
  {
    method: 'get',
    path: '/v1/models',
    operationId: 'openAiListModels',
    summary: "The models that the caller's plan opens",
    answer: Models,
  },
  {
    method: 'get',
    path: '/v1/models/{model}',
    operationId: 'openAiGetModel',
    summary: 'One model',
    params: z.object({ model: z.string().openapi({ description: "The tool's slug." }) }),
    answer: OneModel,
  },
  {
    method: 'post',
    path: '/v1/chat/completions',
    operationId: 'openAiChat',
    summary: 'A chat completion, also as a stream',
    body: ChatBody,
    answer: ChatCompletion,
    streams: true,
  },
  {
    method: 'post',
    path: '/v1/responses',
    operationId: 'openAiResponses',
    summary: 'A response, also as a stream',
    body: ResponsesBody,
    answer: ResponsesAnswer,
    streams: true,
  },
  {
    method: 'post',
    path: '/v1/embeddings',
    operationId: 'openAiEmbeddings',
    summary: 'Embeddings of one text or more',
    body: EmbeddingsBody,
    answer: Embeddings,
  },
]

/** Adds the routed paths of this protocol to the document. */
export function describeOpenAi(registry: Registry): void {
  const served = OPERATIONS.filter(({ path, method }) =>
    registry.allowed(path)?.allow.split(', ').includes(method.toUpperCase()),
  )
  for (const one of served) registry.app.openAPIRegistry.registerPath(toRoute(one))
}

function toRoute({
  method,
  path,
  operationId,
  summary,
  answer,
  body,
  params,
  streams,
}: Described): RouteConfig {
  const whole = { 'application/json': { schema: answer } }
  const events = { 'text/event-stream': { schema: z.string() } }
  return {
    method,
    path,
    operationId,
    summary,
    tags: ['OpenAI-compatible'],
    security: [{ apiKeyAsBearer: [] }, { apiKey: [] }, { accessToken: [] }],
    request: {
      ...(params ? { params } : {}),
      ...(body ? { body: { required: true, content: { 'application/json': { schema: body } } } } : {}),
    },
    responses: {
      200: { description: 'As OpenAI answers it.', content: { ...whole, ...(streams ? events : {}) } },
      ...errorsOf(body !== undefined, params !== undefined),
    },
  }
}

function errorsOf(takesBody: boolean, namesModel: boolean): RouteConfig['responses'] {
  const listed = takesBody ? Object.keys(ERRORS).map(Number) : [401, ...(namesModel ? [404] : []), 500, 503]
  const content = { 'application/json': { schema: OpenAiError } }
  return Object.fromEntries(listed.map((status) => [status, { description: `${ERRORS[status]}.`, content }]))
}
