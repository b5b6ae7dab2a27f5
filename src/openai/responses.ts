import type { ApiContext } from '../api/envelope'
import type { Services } from '../api/services'
import type { CallEvent } from '../gateway/stream-model'
import type { ModelTool } from '../models/call-model'
import { type Planned, planResponses } from '../models/input'
import { type ModelEndpoint, type Read, serveModelCall } from './answer'
import { planForChat } from './chat'
import { toErrorBody } from './errors'
import { type ResponseFrame, toResponse } from './responses-object'
import { toChatBody } from './responses-request'
import { ResponseWriter } from './responses-stream'

type Json = Record<string, unknown>

const endpoint: ModelEndpoint = {
  plan: planForResponses,
  answer: (text, sent, c) => {
    const value = JSON.parse(text) as Json
    return value.object === 'response' ? text : JSON.stringify(toResponse(value, frameOf(sent, c)))
  },
  events: (sent, c) => {
    const writer = new ResponseWriter(frameOf(sent, c))
    return (event) => toText(event, writer)
  },
}

/** POST /v1/responses. Passed through where the server speaks it itself, else translated into a chat and back. */
export function serveResponses(services: Services, c: ApiContext): Promise<Response> {
  return serveModelCall(services, c, endpoint)
}

function planForResponses(tool: ModelTool, body: Json): Planned {
  if (tool.model.kind !== 'chat') return planForChat(tool, body)
  const chat = toChatBody(body)
  if (speaksResponses(tool)) return planResponses(tool, body)
  if ('faults' in chat) return chat
  const planned = planForChat(tool, chat.body)
  if ('plan' in planned) return planned
  const faults = planned.faults.map(({ field, ...rest }) => ({ ...rest, field: NAMES[field ?? ''] ?? field ?? '' }))
  return { faults }
}

/** Where every upstream may be the one that is called, every one has to speak it. */
function speaksResponses({ model }: ModelTool): boolean {
  return model.speaksResponses && model.upstreams.every(({ adapter }) => adapter === 'openai')
}

/** What a chat calls otherwise. */
const NAMES: Record<string, string> = { max_completion_tokens: 'max_output_tokens', messages: 'input' }

function frameOf({ model, body }: Read, c: ApiContext): ResponseFrame {
  const id = `resp_${c.env.requestId.replaceAll('-', '')}`
  return { id, createdAt: Math.floor(Date.now() / 1_000), model, request: body }
}

function toText(event: CallEvent, writer: ResponseWriter): string {
  if (event.type === 'done') return named(writer.finish())
  if (event.type === 'failed') {
    const { error } = toErrorBody(event.problem)
    return named(writer.fail(error.code ?? 'server_error', error.message))
  }
  const { data, value } = event.event
  if (typeof value.type === 'string') return `event: ${value.type}\ndata: ${data}\n\n`
  return named(writer.push(value))
}

const named = (events: { type: string }[]): string =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
