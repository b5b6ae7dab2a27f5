import { copyOf, toJson } from '../../platform/kernel/exact-json'
import type { ProblemDetail } from '../../platform/kernel/problem'
import type { ToolOutput } from '../tools/tool'
import { bodyFaults } from './body-faults'
import { withCallIds, withCallsInOrder } from './call-history'
import type { ModelTool } from './call-model'
import { textOfContent } from './counted-text'
import { type PreparedCall, prepareModelCall } from './prepared-call'
import { pricedFaults } from './priced-faults'

type Json = Record<string, unknown>

const PLACE = /\{\{\s*([\w.-]+)\s*\}\}/g
/** Fields that the hub sets itself, or that would change the format of the response. */
const SET_BY_HUB = new Set(['model', 'stream', 'stream_options', 'prompt'])
const MOST_CHOICES = 16

/** A prepared call of a model, or faults that the caller can fix. */
export type Preparation = { prepared: PreparedCall } | { faults: ProblemDetail[] }

/**
 * Prepares a call of the model from a tool input. With a template, the message is made from the input. Otherwise the input
 * is a `prompt`, or `messages` and further fields of a chat. For embeddings it is `input`: one text or several.
 */
export function prepareCall(tool: ModelTool, input: Json): Preparation {
  if (tool.model.kind === 'embeddings') return within('input.', prepareEmbeddings(tool, input))
  const { promptTemplate } = tool.model
  if (promptTemplate !== null) {
    const content = promptTemplate.replace(PLACE, (_, path: string) => textAt(input, path))
    return within('input.', prepareChat(tool, { messages: [{ role: 'user', content }] }))
  }
  const given = Object.entries(input).filter(([name]) => !SET_BY_HUB.has(name))
  const rest = copyOf(input, Object.fromEntries(given))
  const prompt = typeof input.prompt === 'string' ? [{ role: 'user', content: input.prompt }] : undefined
  if (prompt === undefined && input.messages === undefined)
    return { faults: [{ field: 'input.prompt', message: 'is required, or messages' }] }
  const messages = [...(Array.isArray(input.messages) ? input.messages : []), ...(prompt ?? [])]
  return within('input.', prepareChat(tool, { ...rest, messages }))
}

const faultsOf = (tool: ModelTool, body: Json): ProblemDetail[] => [
  ...bodyFaults(body),
  ...pricedFaults(body, tool.model.openOptions),
]

/**
 * Prepares a call from a chat completion's body (without `model` and `stream`); the system prompt goes first. Nothing is
 * stored at the provider, whatever `store` says: see `prepareResponses`. Without `store`, OpenAI stores no chats.
 */
export function prepareChat(tool: ModelTool, body: Json): Preparation {
  const faults = faultsOf(tool, body)
  const messages = Array.isArray(body.messages) ? body.messages : []
  if (messages.length === 0)
    faults.push({ field: 'messages', message: 'must be a list of one message or more' })
  if (messages.some((message) => typeof message?.role !== 'string'))
    faults.push({ field: 'messages', message: 'each must be an object with a role' })
  const wanted = wholeFrom(body, ['max_completion_tokens', 'max_tokens'], 1, 1_000_000_000, faults)
  const choices = Math.max(
    wholeFrom(body, ['n'], 1, MOST_CHOICES, faults) ?? 1,
    wholeFrom(body, ['best_of'], 1, MOST_CHOICES, faults) ?? 1,
  )
  if (faults.length > 0) return { faults }
  const { systemPrompt } = tool.model
  const before = systemPrompt === null ? [] : [{ role: 'system', content: systemPrompt }]
  const kept = body.store == null ? {} : { store: false }
  const ask = {
    api: 'chat' as const,
    body: { ...body, ...kept, messages: [...before, ...withCallsInOrder(messages)] },
  }
  return { prepared: prepareModelCall(tool, ask, wanted, choices) }
}

/**
 * Prepares a call for a server that supports /responses; the system prompt goes before its instructions. Nothing is stored
 * at the provider: all callers share its key, and each could read the stored data of others.
 */
export function prepareResponses(tool: ModelTool, body: Json): Preparation {
  const faults = faultsOf(tool, body)
  const wanted = wholeFrom(body, ['max_output_tokens'], 1, 1_000_000_000, faults)
  if (faults.length > 0) return { faults }
  const before = [tool.model.systemPrompt, body.instructions].filter(
    (text) => typeof text === 'string' && text !== '',
  )
  const instructions = before.length > 0 ? { instructions: before.join('\n\n') } : {}
  const ask = {
    api: 'responses' as const,
    body: { ...body, input: withCallIds(body.input), ...instructions, store: false },
  }
  return { prepared: prepareModelCall(tool, ask, wanted) }
}

/** Prepares a call from an embeddings body (without `model`). */
export function prepareEmbeddings(tool: ModelTool, body: Json): Preparation {
  const { input } = body
  const faults = faultsOf(tool, body)
  if (faults.length > 0) return { faults }
  if (!(typeof input === 'string' && input !== '') && !isEmbeddable(input))
    return { faults: [{ field: 'input', message: 'must be a text, or a list of texts' }] }
  return { prepared: prepareModelCall(tool, { api: 'embeddings', body }) }
}

/** Texts, the token ids of one text, or those of several texts. */
function isEmbeddable(input: unknown): boolean {
  if (!Array.isArray(input) || input.length === 0) return false
  const areTokens = (list: unknown) => Array.isArray(list) && list.every(Number.isInteger)
  return input.every((one) => typeof one === 'string') || areTokens(input) || input.every(areTokens)
}

/** The output of a tool call: the text and its details, or the vectors. */
export function toOutput(value: Json): ToolOutput {
  if (Array.isArray(value.data)) {
    const vectors = (value.data as Json[]).map((one) => one?.embedding)
    return { embeddings: vectors, model: value.model }
  }
  const choice = (Array.isArray(value.choices) ? value.choices[0] : {}) as Json
  const message = (choice?.message ?? {}) as Json
  return {
    text: textOfContent(message.content, true),
    ...(Array.isArray(message.tool_calls) ? { tool_calls: message.tool_calls } : {}),
    ...(typeof message.refusal === 'string' ? { refusal: message.refusal } : {}),
    finish_reason: choice?.finish_reason ?? null,
    model: value.model,
  }
}

/** The first of these fields that is set; a fault if it is not an integer within these limits. */
function wholeFrom(
  body: Json,
  names: string[],
  least: number,
  most: number,
  faults: ProblemDetail[],
): number | null {
  let found: number | null = null
  for (const field of names) {
    const value = body[field]
    if (value === undefined || value === null) continue
    if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most)
      found ??= value as number
    else faults.push({ field, message: `must be a whole number from ${least} to ${most}` })
  }
  return found
}

function within(prefix: string, preparation: Preparation): Preparation {
  if ('prepared' in preparation) return preparation
  return {
    faults: preparation.faults.map(({ field, ...rest }) => ({
      ...rest,
      field: field?.startsWith(prefix) ? field : `${prefix}${field ?? ''}`,
    })),
  }
}

function textAt(input: Json, path: string): string {
  let at: unknown = input
  for (const key of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return ''
    at = (at as Json)[key]
  }
  return typeof at === 'string' ? at : at === undefined || at === null ? '' : toJson(at)
}
