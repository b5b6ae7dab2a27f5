import type { ProblemDetail } from '../../platform/kernel/problem'
import { mediaFaults } from './media-faults'
import { storedFaults } from './stored-faults'

/**
 * Fields by which routers of models (OpenRouter, LiteLLM) let a caller name further models, which an admin neither chose
 * nor weighed: all callers share the admin's key.
 */
const OTHER_MODELS = [
  'models',
  'fallbacks',
  'context_window_fallbacks',
  'content_policy_fallbacks',
  'route',
  'preset',
] as const

/** Names that some servers (llama.cpp, TGI) have for the most output, and follow rather than the one that the hub sets. */
const OTHER_MAXIMA = ['n_predict', 'num_predict', 'max_new_tokens', 'max_gen_len'] as const

/**
 * What of a body would change what the hub itself decides (which model is asked, how the answer is told), or reach beyond
 * the request: into a network, or into what the provider stores.
 */
export function bodyFaults(body: Record<string, unknown>): ProblemDetail[] {
  const faults: ProblemDetail[] = OTHER_MODELS.filter((field) => body[field] != null).map((field) => ({
    field,
    message: 'may not be set: the tool says which model is asked',
  }))
  for (const field of OTHER_MAXIMA)
    if (body[field] != null) faults.push({ field, message: 'is not read here: send max_completion_tokens' })
  const { stream_options: options } = body
  if (options != null && (typeof options !== 'object' || Array.isArray(options)))
    faults.push({ field: 'stream_options', message: 'must be an object' })
  faults.push(...withinExtraBody(body.extra_body))
  return [...faults, ...mediaFaults(body), ...storedFaults(body)]
}

/**
 * Clients put what stands there at the top of the body. Where it comes as it is, a router (LiteLLM) does that later, over
 * the model, the maximum and all else that the hub set. Only Google's door reads a field of it.
 */
function withinExtraBody(extra: unknown): ProblemDetail[] {
  if (typeof extra !== 'object' || extra === null) return []
  const others = Object.keys(extra).filter((name) => name !== 'google')
  return others.map((name) => ({
    field: `extra_body.${name}`,
    message: 'is not read here: send it beside extra_body',
  }))
}
