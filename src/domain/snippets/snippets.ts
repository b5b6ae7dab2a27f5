type Json = Record<string, unknown>

/** Where every snippet takes the caller's key from. */
export const KEY_VARIABLE = 'HUB_API_KEY'

/** A POST of JSON with curl, to paste into a shell. */
export function curl(url: string, body: Json, options: string[] = []): string {
  const lines = [
    `curl ${options.includes('-N') ? '-N ' : ''}${quoted(url)}`,
    `-H "Authorization: Bearer $${KEY_VARIABLE}"`,
    `-H 'Content-Type: application/json'`,
    ...options.filter((option) => option !== '-N'),
    `-d ${quoted(JSON.stringify(body, null, 2))}`,
  ]
  return lines.join(' \\\n  ')
}

/** The official JavaScript client. */
export function openAiInJavaScript(baseUrl: string, call: string, body: Json, result: string): string {
  return `import OpenAI from 'openai'

const client = new OpenAI({ baseURL: ${JSON.stringify(baseUrl)}, apiKey: process.env.${KEY_VARIABLE} })
const answer = await client.${call}.create(${JSON.stringify(body, null, 2)})
console.log(answer.${result})`
}

/** The official Python client. */
export function openAiInPython(baseUrl: string, call: string, body: Json, result: string): string {
  const given = Object.entries(body).map(([name, value]) => `    ${name}=${inPython(value)},`)
  return `import os
from openai import OpenAI

client = OpenAI(base_url=${JSON.stringify(baseUrl)}, api_key=os.environ["${KEY_VARIABLE}"])
answer = client.${call}.create(
${given.join('\n')}
)
print(answer.${result})`
}

/** The configuration for MCP clients. */
export function mcpConfiguration(url: string): string {
  const headers = { Authorization: 'Bearer YOUR_API_KEY' }
  return JSON.stringify({ mcpServers: { hub: { type: 'http', url, headers } } }, null, 2)
}

/** A text in single quotes for a shell; nothing in the text can end the quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

function inPython(value: unknown): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (Array.isArray(value)) return `[${value.map(inPython).join(', ')}]`
  if (typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value as Json)
  return `{${entries.map(([name, one]) => `${JSON.stringify(name)}: ${inPython(one)}`).join(', ')}}`
}
