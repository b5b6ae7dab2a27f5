import type { Model, Tool, ToolInput } from '../tools/tool'
import { exampleInput } from './example-input'
import { curl, mcpConfiguration, openAiInJavaScript, openAiInPython } from './snippets'

export type Door =
  | 'invoke'
  | 'invoke-stream'
  | 'openai-javascript'
  | 'openai-python'
  | 'openai-curl'
  | 'mcp'
  | 'graphql'

/** An interface through which a tool can be called, with snippets to copy. */
export type WayToCall = { door: Door; title: string; language: string; snippet: string }

const INVOKE_TOOL =
  'mutation ($tool: String!, $input: JSON!) { invokeTool(tool: $tool, input: $input) { output tokensUsed } }'

/** Every interface through which a tool can be called, with the tool's example as input. */
export function waysToCall(tool: Tool, hubUrl: string): WayToCall[] {
  const hub = hubUrl.replace(/\/+$/, '')
  const input = exampleInput(tool)
  const variables = { tool: tool.slug, input }
  return [
    ...waysToInvoke(tool, hub, input),
    ...(tool.model ? waysByOpenAi(tool.slug, tool.model, hub, input) : []),
    {
      door: 'mcp',
      title: 'MCP client',
      language: 'json',
      snippet: mcpConfiguration(`${hub}/mcp`),
    },
    {
      door: 'graphql',
      title: 'GraphQL',
      language: 'shell',
      snippet: curl(`${hub}/api/graphql`, { query: INVOKE_TOOL, variables }),
    },
  ]
}

function waysToInvoke({ slug, model }: Tool, hub: string, input: ToolInput): WayToCall[] {
  const url = `${hub}/api/v1/tools/${slug}/invoke`
  const plain: WayToCall = {
    door: 'invoke',
    title: 'REST',
    language: 'shell',
    snippet: curl(url, { input }),
  }
  if (model?.kind !== 'chat') return [plain]
  const snippet = curl(url, { input }, ['-N', `-H 'Accept: text/event-stream'`])
  return [plain, { door: 'invoke-stream', title: 'REST, as a stream', language: 'shell', snippet }]
}

function waysByOpenAi(model: string, { kind }: Model, hub: string, input: ToolInput): WayToCall[] {
  const isChat = kind === 'chat'
  const body = isChat
    ? { model, messages: messagesOf(input) }
    : {
        model,
        input: typeof input.input === 'string' || Array.isArray(input.input) ? input.input : textOf(input),
      }
  const call = isChat ? 'chat.completions' : 'embeddings'
  const url = `${hub}/v1`
  const result = isChat ? 'choices[0].message.content' : 'data[0].embedding'
  return [
    {
      door: 'openai-javascript',
      title: 'OpenAI client, JavaScript',
      language: 'javascript',
      snippet: openAiInJavaScript(url, call, body, result),
    },
    {
      door: 'openai-python',
      title: 'OpenAI client, Python',
      language: 'python',
      snippet: openAiInPython(url, call, body, result),
    },
    {
      door: 'openai-curl',
      title: 'OpenAI API',
      language: 'shell',
      snippet: curl(`${url}/${call.replace('.', '/')}`, body),
    },
  ]
}

/** The messages of an example input; without any, its first text. Only invocations use a prompt template. */
function messagesOf(input: ToolInput): unknown[] {
  if (Array.isArray(input.messages) && input.messages.length > 0) return input.messages
  return [{ role: 'user', content: textOf(input) }]
}

function textOf(input: ToolInput): string {
  const texts = [input.prompt, ...Object.values(input)].filter((value) => typeof value === 'string')
  return texts[0] ?? 'Say hello in one sentence.'
}
