import { Untranslatable } from './translate-error'
import { isObject, type JsonObject } from './translate-json'

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh']

/**
 * Refuses what a translated call would lose while its caller counts on it. What is not named here is carried over, or
 * is a hint that changes no answer's meaning: `docs/models.md` lists both.
 */
export function refuseWhatIsLost(body: JsonObject): void {
  const isGiven = (name: string) => body[name] != null && body[name] !== false && body[name] !== 0
  if (isGiven('logprobs') || isGiven('top_logprobs')) throw lost('logprobs', 'log probabilities')
  if (isObject(body.logit_bias) && Object.keys(body.logit_bias).length > 0)
    throw lost('logit_bias', 'biases of tokens')
  for (const name of ['functions', 'function_call'])
    if (isGiven(name)) throw new Untranslatable(`${name}: use tools and tool_choice with this model`)
  if (isGiven('audio') || asksForMore(body.modalities)) throw lost('modalities', 'anything but text')
  if (isGiven('web_search_options')) throw lost('web_search_options', 'a search of its own')
  const effort = body.reasoning_effort
  if (effort != null && !EFFORTS.includes(effort as string))
    throw new Untranslatable(`reasoning_effort: must be one of ${EFFORTS.join(', ')}`)
  if (body.parallel_tool_calls != null && typeof body.parallel_tool_calls !== 'boolean')
    throw new Untranslatable('parallel_tool_calls: must be true or false')
}

/** Refuses penalties other than 0, for models that know none. */
export function refusePenalties(body: JsonObject): void {
  for (const name of ['presence_penalty', 'frequency_penalty'])
    if (body[name] != null && body[name] !== 0) throw lost(name, 'penalties')
}

/** What a model has no counterpart of. */
export const lost = (field: string, what: string) =>
  new Untranslatable(`${field}: this model does not know ${what}`)

const asksForMore = (modalities: unknown) =>
  Array.isArray(modalities) && modalities.some((kind) => kind !== 'text')
