import { perProcess } from '../process'
import type { ModelAsk, Target } from './adapter'
import { wordsOfBody } from './provider-words'

/** The two names that servers of OpenAI's chat API have for the most output. */
export type OutputField = 'max_tokens' | 'max_completion_tokens'

const MOST_KNOWN = 1_000

/** What servers were found to take, by their address and model. */
const learned = () => perProcess('models.output-fields', () => new Map<string, OutputField>())

const keyOf = ({ baseUrl, upstream }: Target) => `${baseUrl} ${upstream.model}`

/**
 * The field of a chat in which this server is sent the most output: the one that it was found to take, OpenAI's newer one
 * for OpenAI itself, or the one that the caller used. Others are sent `max_tokens`, which all of them know.
 */
export function outputField(target: Target, { body }: Pick<ModelAsk, 'body'>): OutputField {
  const known = learned().get(keyOf(target))
  if (known) return known
  if (/\.(openai\.com|azure\.com)$/.test(new URL(target.baseUrl).hostname)) return 'max_completion_tokens'
  return body.max_completion_tokens != null ? 'max_completion_tokens' : 'max_tokens'
}

/** The other field, where a server refused a request for the field that it was sent; null where it means its number. */
export function otherOutputField(sent: OutputField, status: number, body: string): OutputField | null {
  if (status !== 400 && status !== 422) return null
  const { message } = wordsOfBody(body)
  if (!new RegExp(`\\b${sent}\\b`).test(body)) return null
  const isOfNumber =
    /too (?:large|high|big|long|many|small)|exceed|at (?:most|least)|(?:less|greater|more) than|context length|range|between/i
  if (isOfNumber.test(message)) return null
  return sent === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens'
}

/** Notes that a server takes this field, so that the next call needs no second try. */
export function learnOutputField(target: Target, field: OutputField): void {
  const fields = learned()
  if (fields.size >= MOST_KNOWN) fields.clear()
  fields.set(keyOf(target), field)
}
