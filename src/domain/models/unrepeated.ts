import { toJson } from '../../platform/kernel/exact-json'
import { repeats, withoutSecrets } from '../tools/repeated-secrets'
import type { ModelAnswer, ModelEvent, ModelStream, Target } from './adapter'

/** An answer without the secrets of its upstream, which a server may say back. */
export function unrepeated(answer: ModelAnswer, { secrets }: Target): ModelAnswer {
  if (!answer.ok || !repeats(answer.text, secrets)) return answer
  const value = withoutSecrets(answer.value, secrets)
  return { ...answer, value, text: toJson(value) }
}

/** The same for a stream, each event by itself. */
export function unrepeatedStream(stream: ModelStream, { secrets }: Target): ModelStream {
  if (!stream.ok || secrets.length === 0) return stream
  return { ok: true, events: { [Symbol.asyncIterator]: () => cleanedEvents(stream.events, secrets) } }
}

/** No generator: one more for each event would be felt by streams that run by the hundred. */
function cleanedEvents(
  events: AsyncIterable<ModelEvent>,
  secrets: readonly string[],
): AsyncIterator<ModelEvent> {
  const source = events[Symbol.asyncIterator]()
  return {
    next: async () => {
      const result = await source.next()
      return result.done ? result : { done: false, value: cleaned(result.value, secrets) }
    },
    return: async () => (await source.return?.()) ?? { done: true, value: undefined },
  }
}

function cleaned(event: ModelEvent, secrets: readonly string[]): ModelEvent {
  if (!repeats(event.data, secrets)) return event
  const value = withoutSecrets(event.value, secrets)
  return { data: toJson(value), value }
}
