import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newCaller, newModel } from '../models/setup'
import { newTool, type TestTool } from '../support/catalogue'
import { call } from '../support/client'
import { type ModelUpstream, startModelUpstream, WORDS } from '../support/model-upstream'
import { hubUrl } from '../support/run'
import { startUpstream, type Upstream } from '../support/upstream'

const run = promisify(execFile)

interface Way {
  door: string
  title: string
  language: string
  snippet: string
}

let upstream: Upstream
let models: ModelUpstream
let caller: Awaited<ReturnType<typeof newCaller>>
let tools: Record<'plain' | 'bySchema' | 'chat' | 'template' | 'fields' | 'embeddings', TestTool>

beforeAll(async () => {
  upstream = await startUpstream()
  models = await startModelUpstream()
  caller = await newCaller()
  const properties = { text: { type: 'string', minLength: 60 }, count: { type: 'integer', minimum: 3 } }
  tools = {
    // An example may hold whatever a shell would act upon.
    plain: await newTool(`${upstream.url}/echo`, { example: { text: `it's $HOME "quoted" \`id\` \\ done` } }),
    bySchema: await newTool(`${upstream.url}/echo`, {
      input_schema: { type: 'object', required: ['text', 'count'], properties },
    }),
    chat: await newModel(`${models.url}/normal`),
    template: await newModel(`${models.url}/normal`, { model: { prompt_template: 'Sum up: {{ text }}' } }),
    fields: await newModel(`${models.url}/normal`, {
      model: { prompt_template: 'To {{ language }}: {{ text }}' },
      input_schema: {
        type: 'object',
        required: ['text', 'count'],
        properties: {
          ...properties,
          language: { type: 'string', pattern: '^[a-z]{2}$' },
          note: { type: ['null', 'string'], default: null },
        },
        additionalProperties: false,
      },
    }),
    embeddings: await newModel(`${models.url}/normal`, { model: { kind: 'embeddings' } }),
  }
})
afterAll(async () => {
  await upstream.close()
  await models.close()
})

async function waysOf({ id }: TestTool): Promise<Way[]> {
  const { data } = await call<{ ways_to_call: Way[] }>('GET', `/tools/${id}`, { key: caller.key })
  return data.ways_to_call
}

/** Pastes a snippet into a shell, as a reader would; answers what came back and the status. */
async function paste(snippet: string): Promise<{ status: number; body: string }> {
  const asked = `${snippet} -s -w '\\n%{http_code}'`
  const env = { ...process.env, HUB_API_KEY: caller.key }
  const { stdout } = await run('sh', ['-c', asked], { env, timeout: 60_000 })
  const at = stdout.lastIndexOf('\n')
  return { status: Number(stdout.slice(at + 1)), body: stdout.slice(0, at) }
}

const snippetOf = async (tool: TestTool, door: string) =>
  (await waysOf(tool)).find((way) => way.door === door)?.snippet as string

describe('the snippets of a tool', () => {
  test('every curl one works as it stands, whatever the kind of tool', async () => {
    for (const tool of Object.values(tools)) {
      for (const { door, language, snippet } of await waysOf(tool)) {
        if (language !== 'shell') continue
        const { status, body } = await paste(snippet)
        expect([tool.name, door, status, body]).toEqual([tool.name, door, 200, body])
        expect(body).not.toMatch(/"errors"|event: error/)
      }
    }
  })

  test("the example arrives at the tool as the admin wrote it, through the shell's quotes", async () => {
    const { body } = await paste(await snippetOf(tools.plain, 'invoke'))
    expect(JSON.parse(body).data.output.echo).toEqual({ text: `it's $HOME "quoted" \`id\` \\ done` })
  })

  test('a stream comes as one, and the OpenAI-compatible API answers in its own shape', async () => {
    const streamed = await paste(await snippetOf(tools.chat, 'invoke-stream'))
    expect(streamed.body).toMatch(/event: output[\s\S]*event: done/)
    const chat = await paste(await snippetOf(tools.chat, 'openai-curl'))
    expect(JSON.parse(chat.body).choices[0].message.content).toBe(WORDS.join(''))
  })

  test('a tool that is no model has no OpenAI door, and an embeddings model no stream', async () => {
    const doors = async (tool: TestTool) => (await waysOf(tool)).map(({ door }) => door)
    expect(await doors(tools.plain)).toEqual(['invoke', 'mcp', 'graphql'])
    expect(await doors(tools.embeddings)).not.toContain('invoke-stream')
    expect(await doors(tools.chat)).toContain('openai-python')
  })

  test('the official JavaScript client answers as the snippet has it', async () => {
    const env = { ...process.env, HUB_API_KEY: caller.key }
    const asked = async (tool: TestTool) => {
      const snippet = await snippetOf(tool, 'openai-javascript')
      const { stdout } = await run(process.execPath, ['--input-type=module', '-e', snippet], {
        env,
        timeout: 60_000,
      })
      return stdout.trim()
    }
    expect(await asked(tools.chat)).toBe(WORDS.join(''))
    expect(await asked(tools.embeddings)).toMatch(/^\[/)
  })

  test('what is pasted into a program is valid there, and none holds a key', async () => {
    for (const { language, snippet } of await waysOf(tools.chat)) {
      if (language === 'python')
        await run('python3', ['-c', 'import ast, sys; ast.parse(sys.argv[1])', snippet])
      if (language === 'json') expect(JSON.parse(snippet).mcpServers.hub.url).toBe(`${hubUrl()}/mcp`)
      expect(snippet).not.toContain('jhub_')
    }
  })
})

describe('the document', () => {
  test('describes the other doors, and only what is served', async () => {
    const answer = await fetch(`${hubUrl()}/api/v1/openapi.json`)
    const { paths } = (await answer.json()) as { paths: Record<string, Record<string, object>> }
    const others = Object.entries(paths).filter(([path]) => !/^\/(api\/v1\/|health|ready)/.test(path))
    const names = others.map(([path]) => path)
    expect(names).toEqual(
      expect.arrayContaining([
        '/mcp',
        '/v1/chat/completions',
        '/v1/embeddings',
        '/v1/models',
        '/v1/models/{model}',
      ]),
    )
    for (const [path, methods] of others) {
      for (const method of Object.keys(methods)) {
        const { status } = await fetch(`${hubUrl()}${path}`, { method: method.toUpperCase() })
        expect([method, path, status]).toEqual([method, path, 401])
      }
    }
  })
})
