/** What the hub itself reads. */
const OWN = ['Authorization', 'Content-Type', 'Idempotency-Key', 'X-API-Key', 'X-Request-ID', 'Last-Event-ID']

/** What the official clients of OpenAI, Anthropic and MCP send of themselves; a browser asks before it sends them. */
const OF_CLIENTS = [
  'User-Agent',
  'OpenAI-Organization',
  'OpenAI-Project',
  'OpenAI-Beta',
  'Anthropic-Version',
  'Anthropic-Beta',
  'Anthropic-Dangerous-Direct-Browser-Access',
  'Mcp-Method',
  'Mcp-Name',
  'Mcp-Protocol-Version',
  'Mcp-Session-Id',
  ...[
    'Arch',
    'Async',
    'Custom-Poll-Interval',
    'Helper-Method',
    'Lang',
    'OS',
    'Package-Version',
    'Poll-Helper',
    'Read-Timeout',
    'Retry-Count',
    'Runtime',
    'Runtime-Version',
    'Timeout',
  ].map((name) => `X-Stainless-${name}`),
]

/** Headers that a page of an allowed origin may send, by their names. */
export const ALLOWED_HEADERS = [...OWN, ...OF_CLIENTS]

const FAMILIES = /^(?:x-stainless|openai|anthropic|mcp)-[a-z0-9-]{1,60}$/i
const MOST = 30

/** Those that a preflight asks for beside them: clients have new ones with each version. */
export function alsoAllowed(asked: string): string[] {
  const known = new Set(ALLOWED_HEADERS.map((name) => name.toLowerCase()))
  const names = asked.split(',').map((name) => name.trim())
  return names.filter((name) => FAMILIES.test(name) && !known.has(name.toLowerCase())).slice(0, MOST)
}
