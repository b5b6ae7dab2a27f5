import type { InvokeRequest } from '../../domain/calls/admit-call'
import { invokeStream, type StreamOutcome } from '../../domain/calls/invoke'
import type { CallEvent } from '../../domain/calls/stream-model'
import { textOfContent } from '../../domain/models/counted-text'
import { parseJson, toJson } from '../../platform/kernel/exact-json'
import type { Problem } from '../../platform/kernel/problem'
import type { ApiContext } from '../kit/envelope'
import { toProblem } from '../kit/failures'
import { wishFor } from '../kit/media-types'
import type { Services } from '../kit/services'
import { type StreamSource, sse, streamOutcome, texts } from '../kit/stream-answer'
import { logToolProblem } from '../kit/tool-log'

/** Whether the caller asked for an event stream, by its name, and wants JSON no more than that. */
export function wantsStream(headers: Headers): boolean {
  const accept = headers.get('accept') ?? ''
  if (!/event-stream/i.test(accept)) return false
  const wish = wishFor(accept, 'text/event-stream')
  return wish > 0 && wish >= wishFor(accept, 'application/json')
}

/**
 * Answers an invocation as events: `output` with what came of the text (or the whole output of a tool that is no
 * model), then `done` with the invocation's result, or `error` with its code. What is known to fail before anything
 * came is given back, to be answered as any refusal is; so is what was not admissible.
 */
export async function answerStream(
  services: Services,
  c: ApiContext,
  request: InvokeRequest,
): Promise<StreamOutcome | Response> {
  return streamOutcome(c, invokeStream(services, request), {
    isPlain: ({ ended }) => ended === 'failed' || ended === 'not-admissible',
    source: (outcome) => sourceOf(services, c, outcome),
    headers: (outcome) => ('headers' in outcome ? outcome.headers : {}),
    failed: (error) => texts([problemEvent(services, c, toProblem(error))]),
  })
}

function sourceOf(services: Services, c: ApiContext, outcome: StreamOutcome): StreamSource {
  if (outcome.ended === 'not-admissible') throw new Error('what is not admissible is known at once')
  c.env.userId = outcome.userId
  if (outcome.ended === 'failed') return texts([problemEvent(services, c, outcome.problem)])
  if (outcome.ended === 'answered') return texts(answeredEvents(outcome.answer))
  const { events } = outcome
  return {
    next: async () => {
      for (let some = await events.read(); some.length > 0; some = await events.read()) {
        const text = some.map((event) => toText(services, c, event)).join('')
        if (text !== '') return text
      }
      return undefined
    },
    leave: () => events.leave(),
  }
}

function toText(services: Services, c: ApiContext, event: CallEvent): string {
  if (event.type === 'done') return sse(event.answer, 'done')
  if (event.type === 'failed') return problemEvent(services, c, event.problem)
  const content = contentOf(event.event.value)
  return content === '' ? '' : sse(JSON.stringify({ text: content }), 'output')
}

/** The text of the first choice; what else a model says stands in the result. */
function contentOf(value: Record<string, unknown>): string {
  const choices = Array.isArray(value.choices) ? (value.choices as Record<string, unknown>[]) : []
  const delta = choices.find((choice) => (choice?.index ?? 0) === 0)?.delta as
    | { content?: unknown }
    | undefined
  return textOfContent(delta?.content, true)
}

function answeredEvents(answer: string): string[] {
  const { output } = parseJson(answer) as { output: unknown }
  return [sse(toJson(output), 'output'), sse(answer, 'done')]
}

function problemEvent(services: Services, c: ApiContext, problem: Problem): string {
  logToolProblem(services, c, problem)
  const { code, message, details } = problem
  return sse(JSON.stringify({ code, message, details, request_id: c.env.requestId }), 'error')
}
