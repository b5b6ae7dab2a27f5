import type { ProblemDetail } from '../../platform/kernel/problem'
import { mediaFaults } from './media-faults'
import { storedFaults } from './stored-faults'

/**
 * Fields with which model routers (OpenRouter, LiteLLM) let a caller name other models. An admin neither chose nor priced
 * these, and all callers share the admin's key.
 */
const OTHER_MODELS = [
  'models',
  'fallbacks',
  'context_window_fallbacks',
  'content_policy_fallbacks',
  'route',
  'preset',
] as const

/** Other names for the maximum output. Some servers (llama.cpp, TGI) prefer them to the one that the hub sets. */
const OTHER_MAXIMA = ['n_predict', 'num_predict', 'max_new_tokens', 'max_gen_len'] as const

/**
 * Faults for fields that would change what the hub decides (the model, the format of the response), or that reach beyond
 * the request: into a network, or into data stored at the provider.
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
 * OpenAI's clients move the fields of `extra_body` to the top of the body. If it arrives unchanged, a router (LiteLLM) does
 * that later, and overwrites the model, the maximum and everything else that the hub set. Only Google's API reads a field
 * of it.
 */
function withinExtraBody(extra: unknown): ProblemDetail[] {
  if (typeof extra !== 'object' || extra === null) return []
  const others = Object.keys(extra).filter((name) => name !== 'google')
  return others.map((name) => ({
    field: `extra_body.${name}`,
    message: 'is not read here: send it beside extra_body',
  }))
}
