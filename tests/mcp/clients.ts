import {
  Client as CurrentClient,
  StreamableHTTPClientTransport as CurrentTransport,
} from '@modelcontextprotocol/client'
import { Client as EarlierClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as EarlierTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { hubUrl } from '../support/run'

type Tool = {
  name: string
  title?: string | undefined
  description?: string | undefined
  inputSchema: object
}
type Result = {
  isError?: boolean | undefined
  content: unknown
  structuredContent?: unknown
  _meta?: Record<string, unknown> | undefined
}

/** What the tests need of either client. */
export type McpClient = {
  listTools: () => Promise<Tool[]>
  callTool: (name: string, input?: Record<string, unknown>) => Promise<Result>
  close: () => Promise<void>
}

export type Connect = (
  bearer: string,
  options?: { url?: string; headers?: Record<string, string> },
) => Promise<McpClient>

const ABOUT = { name: 'tests', version: '1.0.0' }

/** The official clients as they are: the present one in both ways of negotiation, and the one before it. */
export const CLIENTS: [string, Connect][] = [
  ['@modelcontextprotocol/client, with the handshake', (...given) => current('legacy', ...given)],
  ['@modelcontextprotocol/client, without', (...given) => current('auto', ...given)],
  ['@modelcontextprotocol/sdk', earlier],
]

async function current(
  mode: 'legacy' | 'auto',
  bearer: string,
  { url = `${hubUrl()}/mcp`, headers = {} }: { url?: string; headers?: Record<string, string> } = {},
): Promise<McpClient> {
  const client = new CurrentClient(ABOUT, { versionNegotiation: { mode } })
  const requestInit = { headers: { authorization: `Bearer ${bearer}`, ...headers } }
  await client.connect(new CurrentTransport(new URL(url), { requestInit }))
  return {
    listTools: async () => (await client.listTools()).tools,
    callTool: async (name, input) => client.callTool({ name, arguments: input ?? {} }),
    close: () => client.close(),
  }
}

async function earlier(
  bearer: string,
  { url = `${hubUrl()}/mcp`, headers = {} }: { url?: string; headers?: Record<string, string> } = {},
): Promise<McpClient> {
  const client = new EarlierClient(ABOUT)
  const requestInit = { headers: { authorization: `Bearer ${bearer}`, ...headers } }
  await client.connect(new EarlierTransport(new URL(url), { requestInit }))
  return {
    listTools: async () => {
      const tools: Tool[] = []
      let cursor: string | undefined
      do {
        const page = await client.listTools(cursor === undefined ? {} : { cursor })
        tools.push(...page.tools)
        cursor = page.nextCursor
      } while (cursor !== undefined)
      return tools
    },
    callTool: async (name, input) => (await client.callTool({ name, arguments: input ?? {} })) as Result,
    close: () => client.close(),
  }
}

/** The text of a result's first block. */
export function textOf({ content }: Result): string {
  return (content as { text: string }[])[0]?.text ?? ''
}
