import { LRUCache } from 'lru-cache'
import { perProcess } from '../../platform/kernel/process'
import type { ModelAsk, Target } from './adapter'
import { wordsOfBody } from './provider-words'

/** The two names of the maximum output in OpenAI's chat API. */
export type OutputField = 'max_tokens' | 'max_completion_tokens'

const MOST_KNOWN = 1_000

/** The field that each server was found to accept, by its address and model. */
const learned = () =>
  perProcess('models.output-fields', () => new LRUCache<string, OutputField>({ max: MOST_KNOWN }))

const keyOf = ({ baseUrl, upstream }: Target) => `${baseUrl} ${upstream.model}`

/**
 * The field in which the maximum output is sent to this server: the one that it was found to accept, OpenAI's newer one for
 * OpenAI itself, or the one that the caller used. Otherwise `max_tokens`, which all servers know.
 */
export function outputField(target: Target, { body }: Pick<ModelAsk, 'body'>): OutputField {
  const known = learned().get(keyOf(target))
  if (known) return known
  if (/\.(openai\.com|azure\.com)$/.test(new URL(target.baseUrl).hostname)) return 'max_completion_tokens'
  return body.max_completion_tokens != null ? 'max_completion_tokens' : 'max_tokens'
}

/** A server that is sent the other field for these might take no maximum at all. */
const OF_THE_NUMBER =
  /too (?:large|high|big|long|many|small)|exceed|at (?:most|least)|(?:less|greater|more|fewer|larger|smaller|bigger) than|context (?:length|window)|range|between|[<>≤≥]|\b(?:maximum|minimum|above|below|positive|integer|limit(?:ed)?)\b/i

/** The other field, where a server refused a request for the field that it was sent; null where it means its number. */
export function otherOutputField(sent: OutputField, status: number, body: string): OutputField | null {
  if (status !== 400 && status !== 422) return null
  const { message, param, code } = wordsOfBody(body)
  if (param !== sent && !new RegExp(`\\b${sent}\\b`).test(message)) return null
  const other = sent === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens'
  const isNamed = new RegExp(`\\buse\\b.{0,20}\\b${other}\\b`, 'i').test(message)
  if (isNamed) return other
  if (OF_THE_NUMBER.test(message) || /^(?:integer_|invalid_|context_)/.test(code ?? '')) return null
  return other
}

/** Records that a server accepts this field, so that the next call needs no second attempt. */
export function learnOutputField(target: Target, field: OutputField): void {
  learned().set(keyOf(target), field)
}
