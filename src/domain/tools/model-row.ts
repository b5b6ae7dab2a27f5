import { type OpenOption, PRICED_OPTIONS } from './priced-options'
import { type AdapterName, isModelAdapter, type Model, type Upstream } from './tool'

type Whole = number | string | null

/** The columns of the catalogue's query that say how a model is called. Big integers arrive as text. */
export type ModelRow = {
  adapter: AdapterName
  endpoint: string | null
  model: string | null
  model_kind: 'chat' | 'embeddings' | null
  system_prompt: string | null
  prompt_template: string | null
  default_output_tokens: Whole
  max_output_tokens: Whole
  weight_input: Whole
  weight_cached_input: Whole
  weight_output: Whole
  weight_reasoning: Whole
  weight_cache_write5m: Whole
  weight_cache_write1h: Whole
  context_window: Whole
  open_options: readonly string[] | null
  routing: 'order' | 'weight' | null
  share: Whole
  speaks_responses: boolean | null
  upstreams: UpstreamRow[] | null
}

type UpstreamRow = Omit<Upstream, 'share'> & { share: Whole }

/** The upstream that is the tool's own address. */
export const MAIN = 'main'

const FULL = 100
/** What the largest models of today read. */
const USUAL_CONTEXT_WINDOW = 1_000_000

/** The row's model; null for a tool that is not a model. */
export function toModel(row: ModelRow): Model | null {
  if (!isModelAdapter(row.adapter)) return null
  const { adapter, endpoint } = row
  const main = { name: MAIN, adapter, endpoint: endpoint || null, model: row.model ?? '', share: row.share }
  return {
    kind: row.model_kind ?? 'chat',
    systemPrompt: row.system_prompt || null,
    promptTemplate: row.prompt_template || null,
    defaultOutputTokens: whole(row.default_output_tokens),
    maxOutputTokens: whole(row.max_output_tokens),
    contextWindow: whole(row.context_window) ?? USUAL_CONTEXT_WINDOW,
    openOptions: knownOptions(row.open_options),
    weights: {
      input: whole(row.weight_input) ?? FULL,
      cachedInput: whole(row.weight_cached_input) ?? FULL,
      output: whole(row.weight_output) ?? FULL,
      reasoning: whole(row.weight_reasoning) ?? FULL,
      cacheWrite5m: whole(row.weight_cache_write5m),
      cacheWrite1h: whole(row.weight_cache_write1h),
    },
    routing: row.routing ?? 'order',
    upstreams: [main, ...(row.upstreams ?? [])].map(toUpstream),
    speaksResponses: row.speaks_responses === true && adapter === 'openai',
  }
}

function toUpstream({ name, adapter, endpoint, model, share }: UpstreamRow): Upstream {
  return { name, adapter, endpoint: endpoint || null, model, share: whole(share) ?? 1 }
}

const NO_OPTIONS: readonly OpenOption[] = []

function knownOptions(names: readonly string[] | null): readonly OpenOption[] {
  if (names === null || names.length === 0) return NO_OPTIONS
  return PRICED_OPTIONS.filter(({ name }) => names.includes(name)).map(({ name }) => name)
}

function whole(value: Whole): number | null {
  return value === null ? null : Number(value)
}
