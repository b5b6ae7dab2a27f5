import fc from 'fast-check'
import { type Answer, answers } from './answer'
import { type McpAnswer, mcpAnswers } from './mcp-answer'
import { type Sent, type Style, styles, toChunks } from './style'
import { type HttpAnswer, httpAnswers } from './tool-answer'
import { anthropicStream, anthropicWhole } from './wire-anthropic'
import { googleStream, googleWhole } from './wire-google'
import { openaiStream, openaiWhole } from './wire-openai'
import { responsesStream, responsesWhole } from './wire-responses'

export const ADAPTERS = ['openai', 'responses', 'anthropic', 'google'] as const
export type ModelAdapterName = (typeof ADAPTERS)[number]

export const INTERFACES = [
  'invoke',
  'invoke as a stream',
  'chat',
  'chat as a stream',
  'responses',
  'responses as a stream',
  'mcp',
] as const
export type InterfaceName = (typeof INTERFACES)[number]

/** Those that can call a tool that is no model. */
export const TOOL_INTERFACES = ['invoke', 'invoke as a stream', 'mcp'] as const
export type ToolInterfaceName = (typeof TOOL_INTERFACES)[number]

/** One call: who is asked, through which interface, and what the provider answers in which form. */
type CaseOf<Adapter, Interface, Said> = {
  adapter: Adapter
  through: Interface
  answer: Said
  style: Style
  /** How many events come of a stream that breaks off, or null for a whole one. */
  cutAfter: number | null
}
export type ModelCase = CaseOf<ModelAdapterName, InterfaceName, Answer>
export type HttpCase = CaseOf<'http', ToolInterfaceName, HttpAnswer>
export type McpCase = CaseOf<'mcp', ToolInterfaceName, McpAnswer>
export type ToolCase = HttpCase | McpCase
export type Case = ModelCase | ToolCase

export const isToolCase = (one: Case): one is ToolCase => one.adapter === 'http' || one.adapter === 'mcp'

const cuts = fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, fc.integer({ min: 1, max: 3 }))

const modelCases: fc.Arbitrary<ModelCase> = fc
  .record({
    adapter: fc.constantFrom(...ADAPTERS),
    through: fc.constantFrom(...INTERFACES),
    answer: answers,
    style: styles,
    cutAfter: cuts,
  })
  // A server that speaks /responses itself is asked for it through that interface alone.
  .map((one) =>
    one.adapter === 'responses' && !one.through.startsWith('responses')
      ? { ...one, through: 'responses' }
      : one,
  )

const toolCases = <Adapter extends string, Said>(adapter: Adapter, answer: fc.Arbitrary<Said>) =>
  fc.record({
    adapter: fc.constant(adapter),
    through: fc.constantFrom(...TOOL_INTERFACES),
    answer,
    style: styles,
    cutAfter: cuts,
  })

/** Each adapter has two of eleven, but for MCP: its calls take three times as long as others, and it has one. */
export const cases: fc.Arbitrary<Case> = fc.oneof(
  { weight: 8, arbitrary: modelCases as fc.Arbitrary<Case> },
  { weight: 2, arbitrary: toolCases('http', httpAnswers) },
  { weight: 1, arbitrary: toolCases('mcp', mcpAnswers) },
)

const WRITERS = {
  openai: { whole: openaiWhole, stream: openaiStream },
  responses: { whole: responsesWhole, stream: responsesStream },
  anthropic: { whole: anthropicWhole, stream: anthropicStream },
  google: { whole: googleWhole, stream: googleStream },
}

/** What the provider's server sends for this case, by whether the hub asked it for a stream. */
export function toWire({ adapter, answer, style, cutAfter }: ModelCase, isStream: boolean): Sent {
  const writer = WRITERS[adapter]
  if (isStream) return sent(style.contentType, toChunks(writer.stream(answer, style, cutAfter), style))
  const whole = writer.whole(answer, style)
  // A whole answer that breaks off is no JSON any more.
  const text = cutAfter === null ? whole : whole.slice(0, Math.floor(whole.length / 2))
  return sent('application/json', toChunks(text, style))
}

const sent = (type: string, chunks: Buffer[]): Sent => ({
  status: 200,
  headers: { 'content-type': type },
  chunks,
})
