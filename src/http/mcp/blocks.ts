import type { CallToolResult } from '@modelcontextprotocol/server'

type Json = Record<string, unknown>
type Block = CallToolResult['content'][number]

/** What a block of each kind has at least. */
const IS_BLOCK: Record<string, (block: Json) => boolean> = {
  text: ({ text }) => typeof text === 'string',
  image: isData,
  audio: isData,
  resource_link: ({ uri, name }) => typeof uri === 'string' && typeof name === 'string',
  resource: ({ resource }) =>
    isObject(resource) &&
    typeof resource.uri === 'string' &&
    (typeof resource.text === 'string' || typeof resource.blob === 'string'),
}

/** The blocks that the output of a tool of an MCP server holds, as they came; null where it holds none. */
export function blocksOf(output: Json): Block[] | null {
  const { content } = output
  if (!Array.isArray(content) || !content.every(isBlock)) return null
  // An empty list is blocks where it is all that there is: beside a value it could be anything.
  if (content.length === 0 && Object.keys(output).length > 1) return null
  return content as Block[]
}

function isBlock(block: unknown): boolean {
  return isObject(block) && typeof block.type === 'string' && IS_BLOCK[block.type]?.(block) === true
}

function isData({ data, mimeType }: Json): boolean {
  return typeof data === 'string' && typeof mimeType === 'string'
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
