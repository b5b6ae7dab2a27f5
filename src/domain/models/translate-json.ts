import { Untranslatable } from './translate-error'

export type JsonObject = Record<string, unknown>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function listOf(value: unknown, field: string): unknown[] {
  if (!Array.isArray(value)) throw new Untranslatable(`${field} must be a list`)
  return value
}

/** A text, or the text of a list of text parts. */
export function textOf(content: unknown, field: string): string {
  if (typeof content === 'string') return content
  return listOf(content, field)
    .map((part, at) => {
      const text = isObject(part) ? (part.text ?? part.refusal) : part
      if (typeof text !== 'string') throw new Untranslatable(`${field}[${at}]: only text is supported here`)
      return text
    })
    .join('\n')
}

/** The number of a field, where one is given. */
export function numberIn(body: JsonObject, field: string): number | undefined {
  const value = body[field]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number') return value
  throw new Untranslatable(`${field}: must be a number`)
}
