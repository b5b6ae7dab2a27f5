import fc from 'fast-check'
import {
  depthOf,
  isObject,
  MOST_DEPTH,
  type ObjectValue,
  objects,
  SECRET,
  type Value,
  values,
} from './json-value'
import { outputs, type Report, reporting, reports } from './tool-answer'

/** The servers of MCP, by the revision that they speak and how they do it. */
export const MCP_SERVERS = ['2025-03-26', '2025-06-18', 'sessions', '2026-07-28'] as const
export type McpServer = (typeof MCP_SERVERS)[number]

export type McpAnswer = {
  server: McpServer
  report: Report
  /** Null where the tool has no structured content; the newest revision knows values that are no objects. */
  value: { is: Value } | null
  blocks: ObjectValue[]
  /** The tool's own error, or one of the protocol. */
  error: 'none' | 'of the tool' | 'of the protocol'
  isErrorSaid: boolean
  form: 'json' | 'events'
  before: ('log' | 'progress' | 'changed' | 'ping')[]
  /** All messages at once, as one revision allows. */
  isBatch: boolean
  meta: ObjectValue | null
}

const base64 = fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString('base64'))
const mimeType = fc.constantFrom('image/png', 'text/plain; charset=utf-8', 'audio/wav')
const uri = fc.constantFrom('file:///a.txt', 'https://files.example/b?c=1', 'urn:x:ключ')
const texts = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
const annotations = fc.record(
  {
    audience: fc.constantFrom([], ['user'], ['user', 'assistant']),
    priority: fc.constantFrom(0, 0.5, 1),
    lastModified: fc.constantFrom('2025-01-12T15:00:58Z', '2025-01-12T15:00:58.5+02:00'),
  },
  { requiredKeys: [], noNullPrototype: true },
)
/** What every block may have beside its own. */
const more = fc.record(
  { annotations, _meta: objects },
  { requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<ObjectValue>
const contents = fc.oneof(
  fc.record({ uri, text: texts, mimeType }, { requiredKeys: ['uri', 'text'], noNullPrototype: true }),
  fc.record({ uri, blob: base64, mimeType }, { requiredKeys: ['uri', 'blob'], noNullPrototype: true }),
)
const link = fc.record(
  { uri, name: texts, title: texts, description: texts, mimeType, size: fc.maxSafeNat() },
  { requiredKeys: ['uri', 'name'], noNullPrototype: true },
)
const blocks = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: texts.map((text) => ({ type: 'text', text })) },
      fc.tuple(base64, mimeType).map(([data, mime]) => ({ type: 'image', data, mimeType: mime })),
      fc.tuple(base64, mimeType).map(([data, mime]) => ({ type: 'audio', data, mimeType: mime })),
      contents.map((resource) => ({ type: 'resource', resource })),
      link.map((fields) => ({ type: 'resource_link', ...fields })),
    ),
    fc.oneof({ weight: 3, arbitrary: fc.constant<ObjectValue>({}) }, more),
  )
  .map(([block, fields]) => ({ ...fields, ...block }) as ObjectValue)
  // The list of blocks and the output around it are two levels.
  .filter((block) => depthOf(block) <= MOST_DEPTH - 2)

/** A field `content` of a value is the blocks of a tool, to a caller of `/mcp`, where it could be them. */
const isPlain = ({ content }: ObjectValue) => !Array.isArray(content)

export const mcpAnswers: fc.Arbitrary<McpAnswer> = fc
  .record({
    server: fc.constantFrom(...MCP_SERVERS),
    report: reports,
    value: fc.option(
      fc
        .oneof({ weight: 4, arbitrary: outputs.filter(isPlain) as fc.Arbitrary<Value> }, values)
        .map((is) => ({ is })),
    ),
    blocks: fc.array(blocks, { maxLength: 3 }),
    error: fc.constantFrom('none', 'none', 'none', 'none', 'none', 'none', 'of the tool', 'of the protocol'),
    isErrorSaid: fc.boolean(),
    form: fc.constantFrom('json', 'events'),
    before: fc.array(fc.constantFrom('log', 'progress', 'changed', 'ping'), { maxLength: 3 }),
    isBatch: fc.boolean(),
    meta: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, objects),
  })
  .map(legalFor) as fc.Arbitrary<McpAnswer>

/** What a tool says of its error: words that no secret, address or path can be taken for. */
const WORDS = [`No such city: ${SECRET}.`, 'Grüße  \n 東京', 'not found '.repeat(70), '']

/** What the revision that the server speaks does not know is left out. */
function legalFor(answer: McpAnswer): McpAnswer {
  const { server, value, blocks, report, before, error } = answer
  const isNew = server === '2026-07-28'
  const inWords = (block: ObjectValue, at: number) =>
    block.type === 'text' ? { ...block, text: WORDS[(blocks.length + at) % WORDS.length] as string } : block
  return {
    ...answer,
    value:
      value !== null && isObject(value.is)
        ? { is: reporting(value.is, 'reported', report) }
        : isNew
          ? value
          : null,
    blocks: error === 'of the tool' ? blocks.map(inWords) : blocks,
    isBatch: answer.isBatch && server === '2025-03-26',
    before: isNew ? before.filter((kind) => kind !== 'ping') : before,
  }
}
