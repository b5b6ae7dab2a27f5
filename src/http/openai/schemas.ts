import { z } from '@hono/zod-openapi'

/** Every object is open: what OpenAI's clients send beside this is passed on, what a provider answers comes back. */
const json = z.record(z.string(), z.unknown())

const Model = z
  .object({ id: z.string(), object: z.literal('model'), created: z.int(), owned_by: z.string() })
  .openapi('OpenAiModel')

const Usage = z
  .looseObject({
    prompt_tokens: z.int(),
    completion_tokens: z.int().optional(),
    total_tokens: z.int(),
  })
  .openapi('OpenAiUsage')

const ChatMessage = z
  .looseObject({ role: z.string(), content: z.unknown() })
  .openapi('OpenAiChatMessage', { example: { role: 'user', content: 'Say hello.' } })

const named = z.string().openapi({ description: "The tool's slug: `GET /v1/models` lists them." })
const streamed = z
  .boolean()
  .nullish()
  .openapi({ description: 'True: the answer comes as server-sent events.' })

export const ChatBody = z
  .looseObject({
    model: named,
    messages: z.array(ChatMessage).min(1),
    stream: streamed,
    stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
    max_completion_tokens: z.int().min(1).nullish(),
    tools: z.array(json).optional(),
    response_format: json.optional(),
  })
  .openapi('OpenAiChatBody')

export const ChatCompletion = z
  .looseObject({
    model: z.string(),
    choices: z.array(
      z.looseObject({ index: z.int(), message: ChatMessage, finish_reason: z.string().nullable() }),
    ),
    usage: Usage.optional(),
  })
  .openapi('OpenAiChatCompletion')

export const EmbeddingsBody = z
  .looseObject({
    model: named,
    input: z.union([z.string(), z.array(z.string()), z.array(z.int()), z.array(z.array(z.int()))]),
  })
  .openapi('OpenAiEmbeddingsBody')

export const Embeddings = z
  .looseObject({
    data: z.array(z.looseObject({ index: z.int(), embedding: z.union([z.array(z.number()), z.string()]) })),
    usage: Usage.optional(),
  })
  .openapi('OpenAiEmbeddings')

export const ResponsesBody = z
  .looseObject({
    model: named,
    input: z.union([z.string(), z.array(json)]),
    instructions: z.string().nullish(),
    max_output_tokens: z.int().min(1).nullish(),
    stream: streamed,
    tools: z.array(json).optional(),
  })
  .openapi('OpenAiResponsesBody')

export const ResponsesAnswer = z
  .looseObject({
    id: z.string(),
    object: z.literal('response'),
    model: z.string(),
    status: z.string(),
    output: z.array(json),
  })
  .openapi('OpenAiResponse')

export const OneModel = Model
export const Models = z.object({ object: z.literal('list'), data: z.array(Model) }).openapi('OpenAiModels')

export const OpenAiError = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string().nullable().openapi({ description: 'The hub’s code, as OpenAI’s clients know it.' }),
    }),
  })
  .openapi('OpenAiError')
