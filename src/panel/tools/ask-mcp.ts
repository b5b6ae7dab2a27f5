/** As `POST /api/v1/admin/mcp/tools` answers. */
export type ServerTool = {
  name: string
  title: string | null
  description: string
  imported: boolean
  /** Another tool of the hub has its name. */
  taken: boolean
}

/** As `POST /api/v1/admin/mcp/import` answers. */
export type Imported = {
  imported: { name: string; tool_id: string; slug: string }[]
  refused: { name: string; code: string; message: string }[]
}

export type Server = { api_endpoint: string; headers?: Record<string, string> }

type Answer<Data> = { data: Data } | { fault: string }

/** Asks the hub for the tools of an MCP server, as the panel's admin. */
export const askList = (server: Server) => ask<ServerTool[]>('/mcp-list', server)

/** Has the hub make tools of them, with a prefix before each name where there is one. */
export const askImport = (server: Server, tools: string[], prefix: string) =>
  ask<Imported>('/mcp-import', { ...server, tools, ...(prefix === '' ? {} : { prefix }) })

/** What tells the tools of a server from others': the name of its host, such as `github` of `mcp.github.com`. */
export function usualPrefix({ api_endpoint }: Server): string {
  const { hostname } = new URL(api_endpoint)
  const labels = /^[\d.[\]:]+$/.test(hostname) ? [] : hostname.split('.')
  return (labels.at(-2) ?? labels[0] ?? 'server').slice(0, 40)
}

/** Has the hub take over what the server of a tool was seen to say of it. */
export const askAccept = (id: string, fingerprint: string) =>
  ask<{ id: string }>(`/${id}/mcp-accept`, { fingerprint })

async function ask<Data>(path: string, body: object): Promise<Answer<Data>> {
  try {
    const answer = await fetch(`/api/tools${path}`, {
      method: 'POST',
      credentials: 'include',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    const { data, errors } = (await answer.json()) as { data?: Data; errors?: { message: string }[] }
    return data ? { data } : { fault: errors?.[0]?.message ?? 'The hub did not do it' }
  } catch {
    return { fault: 'The hub could not be reached' }
  }
}

/** The headers as they were typed: none, or an object in JSON. Throws a `SyntaxError`. */
export function readHeaders(text: string): Record<string, string> | undefined {
  return text.trim() === '' ? undefined : (JSON.parse(text) as Record<string, string>)
}
