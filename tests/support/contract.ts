import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormatsModule from 'ajv-formats'
import { hubUrl } from './run'

/** What the tests read of the served OpenAPI document. */
export interface Operation {
  operationId: string
  security?: Record<string, string[]>[]
  parameters?: { name: string; in: string; required?: boolean; schema: { format?: string } }[]
  requestBody?: { content: Record<string, { schema: { $ref?: string } }> }
  responses: Record<string, { content?: Record<string, { schema: object }> }>
}

export interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, { required?: string[]; properties?: Record<string, unknown> }> }
}

const addFormats = addFormatsModule as unknown as (ajv: Ajv2020) => void

let loaded: Promise<{ document: Document; ajv: Ajv2020 }> | undefined

/** The document that the hub serves, and a validator that knows its schemas. */
export function contract(): Promise<{ document: Document; ajv: Ajv2020 }> {
  loaded ??= load()
  return loaded
}

async function load() {
  const answer = await fetch(`${hubUrl()}/api/v1/openapi.json`)
  const document = (await answer.json()) as Document
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats(ajv)
  ajv.addSchema({ ...(closed(document) as object), $id: 'hub' })
  return { document, ajv }
}

/**
 * Every object of the document without fields beside those that it names. Clients must bear new fields; a
 * test must not: a field that is answered and not documented is a mistake.
 */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed)
  if (typeof node !== 'object' || node === null) return node
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]))
  const isOpen =
    copy.properties !== undefined && copy.additionalProperties === undefined && copy.type !== undefined
  return isOpen ? { ...copy, additionalProperties: false } : copy
}

/** The documented path that an address belongs to, literal ones first; undefined for an unknown address. */
export function pathOf(document: Document, address: string): string | undefined {
  const given = address.split('/')
  const fits = (path: string) => {
    const parts = path.split('/')
    return (
      parts.length === given.length && parts.every((part, at) => part.startsWith('{') || part === given[at])
    )
  }
  const found = Object.keys(document.paths).filter(fits)
  return found.sort((a, b) => a.split('{').length - b.split('{').length)[0]
}

const compiled = new Map<string, ValidateFunction>()

/** The validator of one answer's body; undefined where the document gives it none. */
export async function bodyValidator(path: string, method: string, status: number) {
  const { document, ajv } = await contract()
  const content = document.paths[path]?.[method]?.responses[status]?.content
  if (!content) return undefined
  const pointer = [path, method, 'responses', String(status), 'content', 'application/json', 'schema']
  const ref = `hub#/paths/${pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`
  const known = compiled.get(ref) ?? ajv.compile({ $ref: ref })
  compiled.set(ref, known)
  return known
}
