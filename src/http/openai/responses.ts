import type { CallEvent } from '../../domain/calls/stream-model'
import type { ModelTool } from '../../domain/models/call-model'
import { type Preparation, prepareResponses } from '../../domain/models/input'
import { readUsage, toChatUsage } from '../../domain/models/usage'
import { parseJson, toJson } from '../../platform/kernel/exact-json'
import type { ApiContext } from '../kit/envelope'
import type { Services } from '../kit/services'
import { sse } from '../kit/stream-answer'
import { type ModelEndpoint, serveModelCall } from './answer'
import { prepareForChat } from './chat'
import { toErrorBody } from './errors'
import type { Sent } from './request'
import { isObject } from './responses-input'
import { type ResponseFrame, responseOf, toResponse, toResponseUsage } from './responses-object'
import { referenceFaults, storageFaults, toChatBody } from './responses-request'
import { ResponseWriter } from './responses-stream'

type Json = Record<string, unknown>

const endpoint: ModelEndpoint = {
  prepared: prepareForResponses,
  answer: (text, sent, c) => {
    const value = parseJson(text) as Json
    return value.object === 'response'
      ? text
      : toJson(toResponse(value, frameOf(sent, c, value)), value, sent.body)
  },
  events: (sent, c) => {
    const frame = frameOf(sent, c)
    const writer = new ResponseWriter(frame)
    let native: NativeStream | null = null
    return (event) => {
      if (event.type === 'event' && isNative(event.event.value)) {
        const { value } = event.event
        const last = isUncounted(value) ? value : null
        native = { count: (native?.count ?? 0) + 1, response: value.response ?? native?.response, last }
      }
      return native === null ? toText(event, writer, frame.request) : toNativeText(event, native, frame)
    }
  },
}

/** POST /v1/responses. Passed through if the server supports it, otherwise translated into a chat and back. */
export function serveResponses(services: Services, c: ApiContext): Promise<Response> {
  return serveModelCall(services, c, endpoint)
}

function prepareForResponses(tool: ModelTool, body: Json): Preparation {
  if (tool.model.kind !== 'chat') return prepareForChat(tool, body)
  if (speaksResponses(tool)) {
    const faults = [...storageFaults(body), ...referenceFaults(body)]
    return faults.length > 0 ? { faults } : prepareResponses(tool, body)
  }
  const chat = toChatBody(body, tool.model.openOptions)
  if ('faults' in chat) return chat
  const preparation = prepareForChat(tool, chat.body)
  if ('prepared' in preparation) return preparation
  const named = (field = '') => NAMES[field] ?? field
  return { faults: preparation.faults.map(({ field, ...rest }) => ({ ...rest, field: named(field) })) }
}

/** Any upstream may be called, so all of them must support it. */
function speaksResponses({ model }: ModelTool): boolean {
  return model.speaksResponses && model.upstreams.every(({ adapter }) => adapter === 'openai')
}

/** Fields with another name in a chat. */
const NAMES: Record<string, string> = { max_tokens: 'max_output_tokens', messages: 'input' }

/** A complete response uses the chat's id, so that a repeated call gets the same response. */
function frameOf({ model, body }: Sent, c: ApiContext, chat: Json = {}): ResponseFrame {
  const id =
    typeof chat.id === 'string' ? chat.id.replace(/^chatcmpl-/, '') : c.env.requestId.replaceAll('-', '')
  const createdAt = typeof chat.created === 'number' ? chat.created : Math.floor(Date.now() / 1_000)
  return { id: `resp_${id}`, createdAt, model, request: body }
}

function toText(event: CallEvent, writer: ResponseWriter, request: Json): string {
  if (event.type === 'event') return named(writer.push(event.event.value), request)
  if (event.type === 'done') return named(writer.finish(usageOf(event)), request)
  const { code, message } = toErrorBody(event.problem, event.said).error
  return named(writer.fail(code ?? 'server_error', message), request)
}

/** The hub's counts, in the format of responses. */
const usageOf = ({ usage }: Extract<CallEvent, { type: 'done' }>) =>
  usage && toResponseUsage(toChatUsage(usage))

/** Whether it is already an event of a response. A chat chunk may also have a type. */
const isNative = ({ type, choices }: Json) => typeof type === 'string' && choices === undefined

/** The number of events of a native response stream, and the response in the last of them. */
type NativeStream = { count: number; response: unknown; last: Json | null }

/** A native response stream. A failure continues its sequence numbers, with the response so far. */
function toNativeText(event: CallEvent, native: NativeStream, frame: ResponseFrame): string {
  const { count, response, last } = native
  if (event.type === 'done') return last ? named([withUsage(last, usageOf(event))], last) : ''
  if (event.type === 'failed') {
    const { code, message } = toErrorBody(event.problem, event.said).error
    const known = isObject(response) ? response : responseOf(frame, { output: [], usage: null })
    const failed = { ...known, status: 'failed', error: { code: code ?? 'server_error', message } }
    return named([{ type: 'response.failed', sequence_number: count, response: failed }], known)
  }
  const { data, value } = event.event
  // It is sent later with the hub's counts, which are known in a moment.
  return last ? '' : sse(data, String(value.type))
}

/** Whether it is the end of a response whose server reports no usage. */
const isUncounted = ({ type, response }: Json): boolean =>
  /^response\.(?:completed|incomplete)$/.test(String(type)) &&
  isObject(response) &&
  readUsage(response.usage, 'responses') === null

const withUsage = (event: Json, usage: Json | null): Json & { type: string } => ({
  ...event,
  type: String(event.type),
  response: { ...(event.response as Json), usage },
})

const named = (events: (Json & { type: string })[], source: Json): string =>
  events.map((event) => sse(toJson(event, source), event.type)).join('')
