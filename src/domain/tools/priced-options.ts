/**
 * The only list of request options for which the provider charges more than for the tokens. A request that sets one is
 * refused by name, unless its tool allows that option. A new entry also needs a migration: the database
 * keeps the names as an enum (`hub_open_option`).
 */
export type PricedOption = {
  /** The name in the tool's `openOptions`. */
  name: string
  label: string
  /** Why it costs more. */
  cost: string
  /** The kinds of server that read it. */
  readBy: readonly ('openai' | 'anthropic' | 'google' | 'routers' | 'others')[]
  /** Top-level fields of a body, and which of their values are free. */
  fields?: Readonly<Record<string, IsFree>>
  /** Types of hosted tools: each name also matches with a date or a version after it. */
  tools?: readonly string[]
  /** The provider adds its own input, so the reported input may be as large as the tool's context window. */
  addsInput?: true
}

type IsFree = (value: unknown) => boolean

/** No value is free, except null and false, which are always free. */
const never: IsFree = () => false
const only =
  (...values: unknown[]): IsFree =>
  (value) =>
    values.includes(value)
const isEmpty: IsFree = (value) => typeof value === 'object' && Object.keys(value as object).length === 0
const isTextOnly: IsFree = (value) => Array.isArray(value) && value.every((kind) => kind === 'text')
const isOff: IsFree = (value) => (value as { mode?: unknown }).mode === 'off'

export const PRICED_OPTIONS = [
  {
    name: 'service_tier',
    label: 'service_tier: a faster lane',
    cost: 'Priority processing costs up to twice as much. Without the field a provider uses "auto".',
    readBy: ['openai', 'anthropic', 'routers', 'others'],
    fields: { service_tier: only('auto', 'default', 'standard', 'standard_only', 'flex', 'on_demand') },
  },
  {
    name: 'priority',
    label: 'priority: before other requests',
    cost: 'The request is served before those of others on the same server.',
    readBy: ['others'],
    fields: { priority: only(0) },
  },
  {
    name: 'speed',
    label: 'speed: fast mode',
    cost: 'Fast mode costs several times as much for each token.',
    readBy: ['anthropic', 'routers'],
    fields: { speed: only('standard') },
  },
  {
    name: 'inference_geo',
    label: 'inference_geo: where the model runs',
    cost: 'Some regions cost more for each token.',
    readBy: ['anthropic', 'routers'],
    fields: { inference_geo: only('global') },
  },
  {
    name: 'best_of',
    label: 'best_of: answers beyond those that are shown',
    cost: 'Answers that are thrown away are paid for, and more of them than the hold has room for.',
    readBy: ['openai', 'others'],
    fields: {
      best_of: only(1),
      use_beam_search: never,
      candidate_count: only(1),
      num_generations: only(1),
      num_return_sequences: only(1),
    },
  },
  {
    name: 'prediction',
    label: 'prediction: a predicted output',
    cost: 'Predicted tokens that are rejected are paid for as output, beyond the maximum.',
    readBy: ['openai', 'routers'],
    fields: { prediction: never },
  },
  {
    name: 'modalities',
    label: 'modalities: sound or images as output',
    cost: 'Tokens of sound and images cost a multiple of those of text.',
    readBy: ['openai', 'google', 'routers'],
    fields: {
      modalities: isTextOnly,
      response_modalities: isTextOnly,
      audio: never,
      image_config: never,
    },
  },
  {
    name: 'provider',
    label: 'provider: which provider a router chooses',
    cost: 'The caller chooses a dearer provider.',
    readBy: ['routers'],
    fields: { provider: isEmpty, provider_options: isEmpty },
  },
  {
    name: 'plugins',
    label: 'plugins of a router',
    cost: 'Search and reading of files are paid for by request and by page.',
    readBy: ['routers'],
    fields: { plugins: isEmpty },
    addsInput: true,
  },
  {
    name: 'extra_headers',
    label: 'extra_headers: headers for the provider',
    cost: 'They turn on what is dearer: priority, a longer context.',
    readBy: ['routers'],
    fields: { extra_headers: isEmpty, anthropic_beta: isEmpty, betas: isEmpty },
  },
  {
    name: 'web_search_options',
    label: 'web_search_options and its likes: search by the model',
    cost: 'Each search has a price, and what it found is input.',
    readBy: ['openai', 'routers', 'others'],
    fields: {
      web_search_options: never,
      search_parameters: isOff,
      web_search: never,
      enable_search: never,
      enable_web_search: never,
      search_options: isEmpty,
      search_settings: isEmpty,
      compound_custom: isEmpty,
    },
    addsInput: true,
  },
  {
    name: 'container',
    label: 'container: where a model runs code',
    cost: 'Containers are paid for by time.',
    readBy: ['anthropic', 'routers'],
    fields: { container: never, enable_code_interpreter: never },
    addsInput: true,
  },
  {
    name: 'web_search',
    label: 'Hosted tool: web search',
    cost: 'Each search has a price, and what it found is input.',
    readBy: ['openai', 'anthropic', 'google', 'routers', 'others'],
    tools: [
      'web_search',
      'web_search_preview',
      'web_fetch',
      'x_search',
      'browser_search',
      'google_search',
      'google_search_retrieval',
      'enterprise_web_search',
      'google_maps',
      'url_context',
    ],
    addsInput: true,
  },
  {
    name: 'file_search',
    label: 'Hosted tool: search in files',
    cost: 'Each search has a price, and what it found is input.',
    readBy: ['openai', 'google', 'others'],
    tools: ['file_search', 'collections_search', 'retrieval', 'vertex_ai_search'],
    addsInput: true,
  },
  {
    name: 'code_interpreter',
    label: 'Hosted tool: running code',
    cost: 'Containers are paid for by session or by time.',
    readBy: ['openai', 'anthropic', 'google', 'others'],
    tools: ['code_interpreter', 'code_execution', 'shell'],
    addsInput: true,
  },
  {
    name: 'image_generation',
    label: 'Hosted tool: making images',
    cost: 'Each image has a price.',
    readBy: ['openai', 'others'],
    tools: ['image_generation'],
  },
  {
    name: 'computer_use',
    label: 'Hosted tool: a computer',
    cost: 'It is a dearer model for each token, and screens are input.',
    readBy: ['openai', 'anthropic', 'google'],
    tools: ['computer', 'computer_use', 'computer_use_preview'],
    addsInput: true,
  },
  {
    name: 'mcp',
    label: 'Hosted tool: servers of MCP',
    cost: 'What those servers say is input, and each call is another turn of the model.',
    readBy: ['openai', 'anthropic', 'others'],
    fields: { mcp_servers: isEmpty },
    tools: ['mcp', 'mcp_toolset'],
    addsInput: true,
  },
  {
    name: 'other_tools',
    label: 'Hosted tools that this list does not know',
    cost: 'A tool that the provider runs has a price of its own.',
    readBy: ['openai', 'anthropic', 'google', 'routers', 'others'],
    tools: [],
    addsInput: true,
  },
] as const satisfies readonly PricedOption[]

export type OpenOption = (typeof PRICED_OPTIONS)[number]['name']

/** Types of tools that the caller runs: the provider only asks for their calls. */
export const CALLERS_TOOLS: readonly string[] = [
  'function',
  'custom',
  'namespace',
  'local_shell',
  'apply_patch',
  'bash',
  'text_editor',
  'memory',
  'tool_search',
  'tool_search_tool_regex',
  'tool_search_tool_bm25',
]
