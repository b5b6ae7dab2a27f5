import { toAnyJson } from './json-text'
import { type Sent, type Style, toChunks, toEventStream } from './style'
import type { HttpAnswer } from './tool-answer'

const TYPES = ['application/json', 'application/json; charset=utf-8', 'Application/JSON', 'text/plain', '']
/** Legal answers that are no object: a tool's contract wants one. */
const NO_OBJECTS = ['', 'It is done.', '[{"a":1}]', '"{}"', '7', 'null', 'true', '<p>{}</p>']

/** What the endpoint of an http tool sends. */
export function httpResponse(answer: HttpAnswer, style: Style, cutAfter: number | null): Sent {
  const { status, form } = answer
  const type = form === 'events' ? style.contentType : (TYPES[style.seed % TYPES.length] as string)
  return {
    status,
    headers: type === '' ? {} : { 'content-type': type },
    chunks: toChunks(textOf(answer, style, cutAfter), style),
  }
}

function textOf({ form, output, before }: HttpAnswer, style: Style, cutAfter: number | null): string {
  if (form === 'other') return NO_OBJECTS[style.seed % NO_OBJECTS.length] as string
  const whole = toAnyJson(output, style)
  // Half of an object is no JSON any more.
  const text = cutAfter === null ? whole : whole.slice(0, Math.floor(whole.length / 2))
  if (form === 'json') return (style.bom ? '\ufeff' : '') + text
  const events = before.map((value) => ({ data: toAnyJson(value, style) }))
  const done = style.done === '' || cutAfter !== null ? [] : [{ data: style.done }]
  return toEventStream(
    [...events, { name: style.spaced ? 'message' : undefined, data: text }, ...done],
    style,
  )
}
