import type { z } from '@hono/zod-openapi'
import type { Model, Tool } from '../../domain/tools/tool'
import type { ModelSettings, UpstreamSettings, writableModel } from './schemas/models'

type Sent = { [Name in keyof typeof writableModel]?: z.output<(typeof writableModel)[Name]> }

/** A tool's model as admins read it. The first upstream is the tool's own address. */
export function toApiModel({ model }: Tool) {
  if (!model) return null
  const [main, ...others] = model.upstreams
  return {
    name: main?.model ?? '',
    kind: model.kind,
    system_prompt: model.systemPrompt,
    prompt_template: model.promptTemplate,
    default_output_tokens: model.defaultOutputTokens,
    max_output_tokens: model.maxOutputTokens,
    weights: toApiWeights(model),
    open_options: [...model.openOptions],
    context_window: model.contextWindow,
    speaks_responses: model.speaksResponses,
    routing: model.routing,
    upstreams: others.map(({ name, adapter, endpoint, model: name_there, share }) => ({
      name,
      adapter,
      api_endpoint: endpoint,
      model: name_there,
      weight: share,
    })),
  }
}

function toApiWeights({ weights }: Model) {
  const { input, cachedInput, output, reasoning, cacheWrite5m, cacheWrite1h } = weights
  const writes = { cache_write_5m: cacheWrite5m, cache_write_1h: cacheWrite1h }
  return { input, cached_input: cachedInput, output, reasoning, ...writes }
}

/** The API's names as the document has them; undefined for what was not sent. */
export function toModelDocument(sent: Sent): Record<string, unknown> {
  return {
    ...toSettings(sent.model),
    upstreams: sent.upstreams?.map(toUpstream),
    routing: sent.routing,
    share: sent.weight,
    providerKey: sent.provider_key ?? undefined,
    upstreamKeys: sent.upstream_keys,
    remoteTool: sent.remote_tool,
  }
}

function toSettings(model: z.output<typeof ModelSettings> | undefined) {
  if (!model) return {}
  return {
    model: model.name,
    modelKind: model.kind,
    systemPrompt: model.system_prompt,
    promptTemplate: model.prompt_template,
    defaultOutputTokens: model.default_output_tokens,
    maxOutputTokens: model.max_output_tokens,
    weightInput: model.weights?.input,
    weightCachedInput: model.weights?.cached_input,
    weightOutput: model.weights?.output,
    weightReasoning: model.weights?.reasoning,
    weightCacheWrite5m: model.weights?.cache_write_5m,
    weightCacheWrite1h: model.weights?.cache_write_1h,
    openOptions: model.open_options,
    contextWindow: model.context_window,
    speaksResponses: model.speaks_responses,
  }
}

function toUpstream({ name, adapter, api_endpoint, model, weight }: z.output<typeof UpstreamSettings>) {
  return { name, adapter, endpoint: api_endpoint ?? null, model, share: weight ?? 1 }
}
