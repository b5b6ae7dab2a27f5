import type { CallEvent } from '../../domain/calls/stream-model'
import type { ModelUsage } from '../../domain/models/adapter'
import type { ModelTool } from '../../domain/models/call-model'
import { type Preparation, prepareChat } from '../../domain/models/input'
import { readUsage, toChatUsage } from '../../domain/models/usage'
import { toJson } from '../../platform/kernel/exact-json'
import type { ApiContext } from '../kit/envelope'
import type { Services } from '../kit/services'
import { sse } from '../kit/stream-answer'
import { type ModelEndpoint, serveModelCall } from './answer'
import { toErrorBody } from './errors'

type Json = Record<string, unknown>

const endpoint: ModelEndpoint = {
  prepared: prepareForChat,
  events: ({ body }) => {
    const asked = (body.stream_options as Json | null | undefined)?.include_usage === true
    let last: Json = {}
    let told: ModelUsage | null = null
    return (event) => {
      if (event.type === 'event') {
        last = event.event.value
        told = readUsage(last.usage) ?? told
      }
      const counted =
        event.type === 'done' && asked && !isSame(told, event.usage) ? usageChunk(last, event.usage) : ''
      return counted + toText(event, asked)
    }
  },
}

/** POST /v1/chat/completions. Requests and answers pass through as they are. */
export function serveChat(services: Services, c: ApiContext): Promise<Response> {
  return serveModelCall(services, c, endpoint)
}

/** A chat's body as a call of this tool; a fault where the tool is no chat model. */
export function prepareForChat(tool: ModelTool, body: Json): Preparation {
  if (tool.model.kind === 'chat') return prepareChat(tool, body)
  return { faults: [{ field: 'model', message: 'is no chat model: call it by POST /v1/embeddings' }] }
}

function toText(event: CallEvent, usageAsked: boolean): string {
  if (event.type === 'done') return 'data: [DONE]\n\n'
  if (event.type === 'failed') return sse(JSON.stringify(toErrorBody(event.problem, event.said)))
  const { data, value } = event.event
  const isShown = usageAsked && (value.usage == null || readUsage(value.usage) !== null)
  if (isShown || !('usage' in value)) return sse(data)
  // The hub asked for it and this caller did not, or nobody can read it.
  const hasChoices = Array.isArray(value.choices) && value.choices.length > 0
  if (value.usage && !hasChoices) return ''
  const { usage: _hidden, ...rest } = value
  return sse(toJson(rest))
}

const isSame = (told: ModelUsage | null, charged: ModelUsage | null) =>
  told?.inputTokens === charged?.inputTokens && told?.outputTokens === charged?.outputTokens

/** The last chunk of a stream whose upstream said nothing of its usage, or nothing of use: what the hub counted. */
function usageChunk(last: Json, usage: ModelUsage | null): string {
  if (!usage) return ''
  const { id, object, created, model } = last
  return sse(JSON.stringify({ id, object, created, model, choices: [], usage: toChatUsage(usage) }))
}
