import { randomBytes } from 'node:crypto'
import type { OwnHub } from '../support/own-hub'

/** A secret, and the part of it that is searched for: the same however the rest of it is spelled or escaped. */
export type Planted = { value: string; needle: string }

/** One that JSON has to escape. */
export const plant = (name: string): Planted => {
  const needle = randomBytes(12).toString('hex')
  return { value: `${name}-"x\\y"-${needle}`, needle }
}

type Secrets = { main: Planted; header: Planted; anthropic: Planted; google: Planted }

/** Tools of every adapter that has secrets, at servers that say them back: in an answer, a refusal, an error, a stream. */
export function toolsAt(
  url: string,
  { main, header, anthropic, google }: Secrets,
): Record<string, { api_endpoint: string; [setting: string]: unknown }> {
  const http = { headers: { Authorization: `Bearer ${main.value}`, 'X-Other-Secret': header.value } }
  const model = { name: 'hello', max_output_tokens: 50 }
  const keys = { provider_key: main.value, headers: { 'X-Other-Secret': header.value } }
  const atHttp = (path: string) => ({ api_endpoint: `${url}/http/${path}`, ...http })
  const atMcp = (path: string, remote_tool: string) => ({
    adapter: 'mcp',
    api_endpoint: `${url}/mcp/${path}`,
    remote_tool,
    ...http,
  })
  const atModel = (adapter: string, path: string, more: object = {}) => ({
    adapter,
    api_endpoint: `${url}/${adapter}/${path}`,
    model: { ...model, ...more },
    ...keys,
  })
  const atProvider = (adapter: string, path: string) => atModel(adapter, `${adapter}/${path}`)
  const upstreams = [
    { name: 'one', adapter: 'anthropic', api_endpoint: `${url}/anthropic/anthropic/status-503`, model: 'm' },
    { name: 'two', adapter: 'google', api_endpoint: `${url}/google/google/text`, model: 'm' },
  ]
  const upstream_keys = { one: anthropic.value, two: google.value }
  return {
    'http-answers': atHttp('reports/5'),
    'http-refuses': atHttp('status/400'),
    'http-fails': atHttp('status/503'),
    'http-says-text': atHttp('text'),
    'mcp-answers': atMcp('', 'say'),
    'mcp-fails': atMcp('', 'fail'),
    'mcp-shut': atMcp('shut', 'say'),
    'openai-answers': atModel('openai', 'normal'),
    'openai-native': atModel('openai', 'normal', { speaks_responses: true }),
    'openai-vectors': atModel('openai', 'normal', { kind: 'embeddings' }),
    'openai-refuses': atModel('openai', 'status/400'),
    'openai-shuts': atModel('openai', 'status/401'),
    'openai-fails': atModel('openai', 'status/500'),
    'openai-breaks-off': atModel('openai', 'cut/2'),
    'openai-errs': atModel('openai', 'error-event'),
    'anthropic-answers': atProvider('anthropic', 'text'),
    'anthropic-refuses': atProvider('anthropic', 'status-400'),
    'anthropic-errs': atProvider('anthropic', 'error-event'),
    'google-answers': atProvider('google', 'text'),
    'google-refuses': atProvider('google', 'status-400'),
    'google-breaks-off': atProvider('google', 'cut'),
    'several-upstreams': { ...atModel('openai', 'status/500'), upstreams, upstream_keys },
  }
}

const messages = [{ role: 'user', content: 'Say something.' }]

type Door = (slug: string, own: OwnHub, key: string) => ReturnType<OwnHub['ask']>

const post =
  (path: string, body: (slug: string) => object, headers: Record<string, string> = {}): Door =>
  (slug, own, key) =>
    own.ask('POST', path.replace('{slug}', slug), { body: body(slug), token: key, headers })

const INVOKE = '/api/v1/tools/{slug}/invoke'
const INPUT = { messages, input: 'Say something.' }
const MUTATION =
  'mutation ($tool: String!, $input: JSON!) { invokeTool(tool: $tool, input: $input) { output } }'

/** Each door of the hub. */
export const DOORS: Record<string, Door> = {
  invoke: post(INVOKE, () => ({ input: INPUT }), { 'idempotency-key': 'once' }),
  'invoke as a stream': post(INVOKE, () => ({ input: INPUT }), { accept: 'text/event-stream' }),
  chat: post('/v1/chat/completions', (model) => ({ model, messages })),
  'chat as a stream': post('/v1/chat/completions', (model) => ({ model, messages, stream: true })),
  responses: post('/v1/responses', (model) => ({ model, input: 'Say something.' })),
  'responses as a stream': post('/v1/responses', (model) => ({ model, input: 'Say it.', stream: true })),
  embeddings: post('/v1/embeddings', (model) => ({ model, input: 'Say something.' })),
  mcp: post(
    '/mcp',
    (name) => ({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: INPUT } }),
    { accept: 'application/json, text/event-stream' },
  ),
  graphql: post('/api/graphql', (tool) => ({ query: MUTATION, variables: { tool, input: INPUT } })),
}
