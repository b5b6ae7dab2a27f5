import { ask, type Fault } from '../parts/ask'

/** The response of `POST /api/v1/admin/mcp/tools`. */
export type ServerTool = {
  name: string
  title: string | null
  description: string
  imported: boolean
  /** Another tool of the hub already has this name. */
  taken: boolean
}

/** The response of `POST /api/v1/admin/mcp/import`. */
export type Imported = {
  imported: { name: string; tool_id: string; slug: string }[]
  refused: { name: string; code: string; message: string }[]
}

export type Server = { api_endpoint: string; headers?: Record<string, string> }

type Answer<Data> = { data: Data } | Fault

/** Requests the list of an MCP server's tools from the hub, as the panel's admin. */
export const askList = (server: Server) => post<ServerTool[]>('/mcp-list', server)

/** Imports the chosen tools into the hub, with an optional prefix before each name. */
export const askImport = (server: Server, tools: string[], prefix: string) =>
  post<Imported>('/mcp-import', { ...server, tools, ...(prefix === '' ? {} : { prefix }) })

/** A prefix for a server's tools, from the name of its host, such as `github` from `mcp.github.com`. */
export function usualPrefix({ api_endpoint }: Server): string {
  const { hostname } = new URL(api_endpoint)
  const labels = /^[\d.[\]:]+$/.test(hostname) ? [] : hostname.split('.')
  return (labels.at(-2) ?? labels[0] ?? 'server').slice(0, 40)
}

/** Makes the hub accept the new description that it saw from a tool's MCP server. */
export const askAccept = (id: string, fingerprint: string) =>
  post<{ id: string }>(`/${id}/mcp-accept`, { fingerprint })

const post = <Data>(path: string, body: object): Promise<Answer<Data>> =>
  ask(`/api/tools${path}`, body, 'The hub did not do it', 'The hub could not be reached')

/** Parses the typed headers: empty, or an object in JSON. Throws a `SyntaxError`. */
export function readHeaders(text: string): Record<string, string> | undefined {
  return text.trim() === '' ? undefined : (JSON.parse(text) as Record<string, string>)
}
