import { call } from '../support/client'
import { hubUrl } from '../support/run'
import { askDoor, type Caller } from './setup'

/** What a caller is told: the status, the hub's code (in lower case), and the whole text. */
export type Told = { status: number; code: string | null; text: string; headers: Headers | null }

type Asking = (slug: string, caller: Caller) => Promise<Told>

const messages = [{ role: 'user', content: 'Say something.' }]

/** Each way to ask a model, by what its caller is told. */
export const DOORS: Record<string, Asking> = {
  invoke: async (slug, { token }) => {
    const body = { input: { messages } }
    const { status, error, text, headers } = await call('POST', `/tools/${slug}/invoke`, { token, body })
    return { status, code: error?.code.toLowerCase() ?? null, text, headers }
  },
  'invoke as a stream': async (slug, { key }) => {
    const answer = await fetch(`${hubUrl()}/api/v1/tools/${slug}/invoke`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', 'x-api-key': key },
      body: JSON.stringify({ input: { messages } }),
    })
    return read(answer)
  },
  chat: openAi('/chat/completions', { messages }),
  'chat as a stream': openAi('/chat/completions', { messages, stream: true }),
  responses: openAi('/responses', { input: 'Say something.' }),
  'responses as a stream': openAi('/responses', { input: 'Say something.', stream: true }),
  embeddings: openAi('/embeddings', { input: 'Say something.' }),
  mcp: async (slug, { key }) => {
    const answer = await fetch(`${hubUrl()}/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${key}`,
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: slug, arguments: { messages } },
      }),
    })
    return read(answer)
  },
  graphql: async (slug, { key }) => {
    const query =
      'mutation ($tool: String!, $input: JSON!) { invokeTool(tool: $tool, input: $input) { output tokensUsed } }'
    const body = { query, variables: { tool: slug, input: { messages } } }
    const { status, text, headers } = await call('POST', '/api/graphql', { key, body })
    const { extensions } = (JSON.parse(text).errors?.[0] ?? {}) as GraphqlError
    return {
      // What it answers with is in the body: a refusal's status as well.
      status: extensions?.statusCode ?? status,
      code: extensions?.name.toLowerCase() ?? null,
      text,
      headers,
    }
  },
}

type GraphqlError = { extensions?: { name: string; statusCode: number } }

function openAi(path: string, body: object): Asking {
  return async (slug, { key }) => read(await askDoor(path, key, { model: slug, ...body }))
}

/** The code wherever a door puts it: in an envelope, OpenAI's object, the last event, or a result's `_meta`. */
async function read(answer: Response): Promise<Told> {
  const { status, headers } = answer
  const text = await answer.text()
  const code = /"code":"([A-Za-z_]+)"(?!.*"code":"[A-Za-z_]+")/s.exec(text)?.[1]?.toLowerCase() ?? null
  return { status, code, text, headers }
}
