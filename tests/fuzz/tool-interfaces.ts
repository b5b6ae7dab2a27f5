import { isDeepStrictEqual } from 'node:util'
import type { ToolInterfaceName } from './case'
import { readEvents } from './event-reader'
import type { Asked } from './interfaces'
import { readJson } from './json-text'
import type { Value } from './json-value'
import type { ToolTold } from './tool-reference'

// biome-ignore lint/suspicious/noExplicitAny: what is read has the shape that a client trusts it to have.
type Json = Record<string, any>
/** What was told, and of how many tokens. */
type Read = { told: ToolTold; tokens: number | null }
type ToolInterface = {
  ask: (slug: string, text: string) => Asked
  read: (status: number, text: string) => Read
}

const BROKEN: Read = { told: { isWhole: false, output: null, blocks: null, said: null }, tokens: null }

/** How each interface that can call a tool that is no model is asked, and what its answer says. */
export const toolInterfaces: Record<ToolInterfaceName, ToolInterface> = {
  invoke: {
    ask: (slug, text) => ({ path: `/api/v1/tools/${slug}/invoke`, body: { input: { text } } }),
    read: (status, text) =>
      status === 200 ? ofInvocation(readObject(text).data) : ofProblem(readObject(text)),
  },
  'invoke as a stream': {
    ask: (slug, text) => ({
      path: `/api/v1/tools/${slug}/invoke`,
      body: { input: { text } },
      headers: { accept: 'text/event-stream' },
    }),
    read: (status, text) => {
      if (status !== 200) return ofProblem(readObject(text))
      const events = readEvents(text)
      const [first, last] = events
      if (events.length !== 2 || first?.name !== 'output' || last?.name !== 'done') return BROKEN
      const read = ofInvocation(readObject(last.data))
      return isDeepStrictEqual(readJson(first.data), read.told.output) ? read : BROKEN
    },
  },
  mcp: {
    ask: (name, text) => ({
      path: '/mcp',
      body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: { text } } },
      headers: { accept: 'application/json, text/event-stream' },
    }),
    read: (status, text) => {
      if (status !== 200) return BROKEN
      const { result } = readObject(text.startsWith('{') ? text : (readEvents(text)[0]?.data ?? '{}'))
      return result?.isError ? ofError(result) : ofResult(result)
    },
  },
}

const readObject = (text: string) => readJson(text) as Json

function ofInvocation({ output, tokens_used }: Json): Read {
  return { told: { isWhole: true, output, blocks: null, said: null }, tokens: tokens_used }
}

function ofProblem({ error }: Json): Read {
  if (typeof error?.code !== 'string') return BROKEN
  return { ...BROKEN, told: { ...BROKEN.told, said: error.details[0]?.message ?? null } }
}

function ofError({ content }: Json): Read {
  const said = /The tool said: (.*)/.exec(content[0].text)?.[1] ?? null
  return { ...BROKEN, told: { ...BROKEN.told, said } }
}

/** A value comes as text too, unless the tool's own blocks stand there. */
function ofResult({ content, structuredContent = null, _meta }: Json): Read {
  const [first, ...others] = content as Json[]
  const isTheValue =
    structuredContent !== null &&
    others.length === 0 &&
    first?.type === 'text' &&
    isDeepStrictEqual(jsonIn(first.text), structuredContent)
  const blocks = isTheValue ? null : (content as Value)
  return {
    told: { isWhole: true, output: structuredContent, blocks, said: null },
    tokens: _meta?.tokens_used ?? null,
  }
}

function jsonIn(text: string): Value | undefined {
  try {
    return readJson(text)
  } catch {
    return undefined
  }
}
