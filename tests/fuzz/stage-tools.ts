import { newModel } from '../models/setup'
import { newTool } from '../support/catalogue'
import { ADAPTERS, type Case } from './case'
import { SECRET } from './json-value'
import { MCP_SERVERS } from './mcp-answer'
import { METERINGS, type MeteringName } from './tool-answer'
import { FIXED_TOKENS, MOST_TOKENS } from './tool-reference'

/** The tool that a case is asked of: http tools differ by how they are metered, MCP tools by their server. */
export function nameOf(one: Case): string {
  if (one.adapter === 'http') return `http ${one.answer.metering}`
  return one.adapter === 'mcp' ? `mcp ${one.answer.server}` : one.adapter
}

const HEADERS = { 'X-Key': SECRET }
const METERED: Record<MeteringName, object> = {
  reported: {},
  'in a list': { metering: { mode: 'reported', path: 'results.0.tokens' } },
  counted: { metering: { mode: 'counted' } },
  fixed: { metering: { mode: 'fixed', tokens: FIXED_TOKENS } },
  bounded: { max_tokens: MOST_TOKENS },
}

/** Every tool of the stage, by its name, and how it is made. */
export function toolsAt(provider: string): [string, () => Promise<{ slug: string }>][] {
  const models = ADAPTERS.map((adapter) => {
    const model = { speaks_responses: adapter === 'responses', max_output_tokens: 200 }
    const more = { adapter: adapter === 'responses' ? 'openai' : adapter, model }
    return [adapter, () => newModel(`${provider}/${adapter}`, more)] as const
  })
  const http = METERINGS.map(
    (metering) =>
      [
        `http ${metering}`,
        () => newTool(`${provider}/http`, { retries: 0, headers: HEADERS, ...METERED[metering] }),
      ] as const,
  )
  const mcp = MCP_SERVERS.map((server) => {
    const more = { adapter: 'mcp', remote_tool: 'a tool', retries: 0, headers: HEADERS }
    return [`mcp ${server}`, () => newTool(`${provider}/mcp/${server}`, more)] as const
  })
  return [...models, ...http, ...mcp].map(([name, newOne]) => [name, newOne])
}
