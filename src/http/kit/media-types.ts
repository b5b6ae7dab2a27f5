/** A media type or range of a header, in lower case, with its parameters by their names. */
export type MediaType = { type: string; parameters: Record<string, string> }

/** One media type, as `Content-Type` has it. */
export function readMediaType(text: string): MediaType {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim())
  const parameters = rest.map((part): [string, string] => {
    const [name = '', ...value] = part.split('=')
    return [name.trim().toLowerCase(), unquoted(value.join('=').trim()).toLowerCase()]
  })
  return { type: type.toLowerCase(), parameters: Object.fromEntries(parameters) }
}

const unquoted = (text: string) => /^"(.*)"$/.exec(text)?.[1] ?? text

/** How much an `Accept` wants a media type that it names itself (its `q`): 0 where it does not, or does not want it. */
export function wishFor(accept: string, wanted: string): number {
  const ranges = accept.split(',').map(readMediaType)
  const wishes = ranges.filter(({ type }) => type === wanted).map(({ parameters }) => weightOf(parameters.q))
  return Math.max(0, ...wishes)
}

function weightOf(q: string | undefined): number {
  const weight = q === undefined ? 1 : Number(q)
  return Number.isFinite(weight) ? Math.min(1, Math.max(0, weight)) : 1
}

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json$/
const UTF_8 = new Set(['utf-8', 'utf8', 'us-ascii'])

/** Whether a `Content-Type` is JSON as it is read here: in UTF-8, whatever other parameters it has. */
export function isJsonType(contentType: string): boolean {
  const { type, parameters } = readMediaType(contentType)
  return JSON_TYPE.test(type) && UTF_8.has(parameters.charset ?? 'utf-8')
}
