import type { LanguageModelV3FilePart, LanguageModelV3TextPart } from '@ai-sdk/provider'
import { Untranslatable } from './translate-error'
import { isObject, type JsonObject } from './translate-json'

const DATA_URL = /^data:([a-z0-9.+-]+\/[a-z0-9.+*-]+)(?:;[a-z0-9=.-]+)*;base64,(.*)$/is

/** One part of a user's message: text, an image, a file or a sound. Addresses are passed on, never fetched here. */
export function toUserPart(part: unknown, field: string): LanguageModelV3TextPart | LanguageModelV3FilePart {
  const kind = isObject(part) ? part.type : null
  const value = isObject(part) && typeof kind === 'string' ? part[kind] : null
  if (kind === 'text' && typeof value === 'string') return { type: 'text', text: value }
  if (kind === 'image_url') {
    const address = isObject(value) ? value.url : value
    return fileFrom(String(address), 'image/*', `${field}.image_url.url`)
  }
  if (kind === 'file' && isObject(value)) return toFile(value, `${field}.file`)
  if (kind === 'input_audio' && isObject(value) && typeof value.data === 'string') {
    return { type: 'file', mediaType: `audio/${String(value.format)}`, data: value.data }
  }
  throw new Untranslatable(`${field}: a part of type ${String(kind)} is not supported by this model`)
}

function toFile(file: JsonObject, field: string): LanguageModelV3FilePart {
  if (typeof file.file_data !== 'string') {
    throw new Untranslatable(`${field}: files must come along as file_data; file ids are not supported`)
  }
  const filename = typeof file.filename === 'string' ? { filename: file.filename } : {}
  return { ...fileFrom(file.file_data, 'application/pdf', `${field}.file_data`), ...filename }
}

function fileFrom(address: string, usualType: string, field: string): LanguageModelV3FilePart {
  const [, mediaType, data] = DATA_URL.exec(address) ?? []
  if (mediaType !== undefined && data !== undefined) return { type: 'file', mediaType, data }
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) {
    throw new Untranslatable(`${field} must be an http(s) address or a base64 data: URL`)
  }
  return { type: 'file', mediaType: usualType, data: new URL(address) }
}
