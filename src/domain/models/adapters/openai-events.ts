import { toJson } from '../../../platform/kernel/exact-json'
import { type ModelAsk, type ModelEvent, StreamBroken, type Target } from '../adapter'
import { cutOff, isReason, readEvents, StreamEnd } from '../event-stream'
import { failureOfError, failureOfToldError, malformed } from '../failures'
import { errorIn } from '../provider-words'
import { ResponseCalls } from '../response-calls'
import { StreamedCalls } from '../tool-calls'
import { objectOf, parseBounded } from './openai-answer'

type Json = Record<string, unknown>

const DONE = '[DONE]'

/**
 * The events of a stream of an OpenAI-compatible server, from the bytes of its body. It ends without an error only if
 * the response is complete: the server sent `[DONE]`, the last event of a response, or a finish reason for each choice.
 * Later connection errors are ignored, but it waits a short time for the usage.
 */
export async function* readOpenAiEvents(
  body: AsyncIterable<Uint8Array>,
  ask: ModelAsk,
  target: Target,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  const end = new StreamEnd()
  const calls = ask.api === 'responses' ? new ResponseCalls() : new StreamedCalls()
  let isDone = false
  const progress = ask.api === 'responses' ? new ResponseProgress() : new ChatProgress(ask.body.n)
  try {
    for await (const data of readEvents(body, end)) {
      if (data.trim() === DONE) {
        if (progress.isCutAtDone) throw cutOff('an answer of it did not finish')
        isDone = true
        break
      }
      const given = parseBounded(data)
      const error = errorIn(given)
      if (error) throw new StreamBroken(failureOfToldError(error, target))
      const value = objectOf(given)
      if (!value) throw new StreamBroken(malformed('an event of its stream is no JSON object'))
      if (ask.api === 'chat' && isNoChunk(value)) continue
      if (progress.isWholeAfter(value)) end.note(hasUsage(value))
      yield toEvent(calls.mend(value), value, data)
    }
  } catch (error) {
    if (!end.wasSeen) throw brokenBy(error, signal)
  }
  if (!end.wasSeen && !isDone) throw cutOff('it ended early')
  const rest = calls.rest()
  if (rest) yield toEvent(rest)
}

/** Some servers send empty objects to keep a stream alive. Clients would expect choices in them. */
const isNoChunk = ({ choices, usage }: Json) => choices == null && usage == null

function toEvent(value: Json, given?: Json, data?: string): ModelEvent {
  return { data: data !== undefined && value === given ? data : toJson(value, given), value }
}

function brokenBy(error: unknown, signal: AbortSignal): StreamBroken {
  if (error instanceof StreamBroken) return error
  const failure = failureOfError(error, signal)
  return signal.aborted ? new StreamBroken(failure) : cutOff(failure.logMessage)
}

/** A chat's choices: which have begun, and which have a finish reason. */
class ChatProgress {
  readonly #begun = new Set<unknown>()
  readonly #finished = new Set<unknown>()
  readonly #asked: number

  constructor(choices: unknown) {
    this.#asked = typeof choices === 'number' ? choices : 1
  }

  isWholeAfter({ choices }: Json): boolean {
    for (const choice of Array.isArray(choices) ? (choices as (Json | null)[]) : []) {
      const index = choice?.index ?? 0
      this.#begun.add(index)
      if (isReason(choice?.finish_reason)) this.#finished.add(index)
    }
    return this.#finished.size >= Math.max(this.#asked, this.#begun.size)
  }

  /** Some servers never say why they finished; one that said it of one answer has cut the others. */
  get isCutAtDone(): boolean {
    return this.#finished.size > 0 && this.#finished.size < this.#begun.size
  }
}

class ResponseProgress {
  #isWhole = false

  isWholeAfter({ type }: Json): boolean {
    this.#isWhole ||= type === 'response.completed' || type === 'response.incomplete'
    return this.#isWhole
  }

  get isCutAtDone(): boolean {
    return !this.#isWhole
  }
}

function hasUsage({ usage, response }: Json): boolean {
  return usage != null || (response as Json | undefined)?.usage != null
}
