import type { ProblemDetail } from '../../platform/kernel/problem'
import { CALLERS_TOOLS, type OpenOption, PRICED_OPTIONS, type PricedOption } from '../tools/priced-options'

type Json = Record<string, unknown>
type Field = { option: OpenOption; isFree: (value: unknown) => boolean }

const options: readonly (PricedOption & { name: OpenOption })[] = PRICED_OPTIONS

/** Normalises a name: some servers also read `serviceTier`, and their letter case differs. */
const plain = (name: string) => name.toLowerCase().replace(/[_-]/g, '')

const FIELDS = new Map<string, Field>(
  options.flatMap(({ name: option, fields = {} }) =>
    Object.entries(fields).map(([field, isFree]): [string, Field] => [plain(field), { option, isFree }]),
  ),
)
const TOOLS = new Map<string, OpenOption>(
  options.flatMap(({ name: option, tools = [] }) =>
    tools.map((tool): [string, OpenOption] => [plain(tool), option]),
  ),
)
const CALLERS = new Set(CALLERS_TOOLS.map(plain))
const ADDING = new Set(options.filter(({ addsInput }) => addsInput).map(({ name }) => name))

/** One fault for each option in a body that costs extra at the provider and that the tool does not allow. */
export function pricedFaults(body: Json, open: readonly OpenOption[]): ProblemDetail[] {
  const faults = pricedFieldFaults(body, open)
  addToolFaults(body.tools, 'tools', open, faults)
  // An input item of a response may contain more tools.
  if (Array.isArray(body.input))
    for (let at = 0; at < body.input.length; at += 1) {
      const item: unknown = body.input[at]
      if (isObject(item) && isObject(item.tools))
        addToolFaults(item.tools, `input[${at}].tools`, open, faults)
    }
  return faults
}

/** The same without the list of tools, for a request whose hosted tools are always refused. */
export function pricedFieldFaults(body: Json, open: readonly OpenOption[]): ProblemDetail[] {
  const faults: ProblemDetail[] = []
  addFieldFaults(body, '', open, faults)
  // Google's own OpenAI-compatible API reads fields of its other API there.
  const extra = isObject(body.extra_body) ? body.extra_body : {}
  for (const [google, prefix] of [
    [body.google, 'google.'],
    [extra.google, 'extra_body.google.'],
  ] as const) {
    if (!isObject(google)) continue
    addFieldFaults(google, prefix, open, faults)
    addToolFaults(google.tools, `${prefix}tools`, open, faults)
  }
  return faults
}

/** Whether these options allow the provider to add its own input. */
export const opensInput = (open: readonly OpenOption[]): boolean => open.some((name) => ADDING.has(name))

function addFieldFaults(body: Json, prefix: string, open: readonly OpenOption[], faults: ProblemDetail[]) {
  for (const name of Object.keys(body)) {
    const value = body[name]
    if (value === null || value === undefined || value === false) continue
    const field = FIELDS.get(plain(name))
    if (field && !open.includes(field.option) && !field.isFree(value))
      faults.push({ field: prefix + name, message: notOpen(field.option) })
  }
}

/** A namespace contains tools. Nobody needs deeper nesting. */
const MOST_NESTED = 3

function addToolFaults(
  tools: unknown,
  field: string,
  open: readonly OpenOption[],
  faults: ProblemDetail[],
  depth = 0,
) {
  if (!isObject(tools)) return
  // Some servers accept one tool in place of a list.
  const entries: [string, unknown][] = Array.isArray(tools)
    ? tools.map((tool: unknown, at) => [`${field}[${at}]`, tool])
    : [[field, tools]]
  for (const [at, tool] of entries) {
    if (!isObject(tool)) continue
    const option = depth > MOST_NESTED ? 'other_tools' : hosted(tool)
    if (option !== null && !open.includes(option)) faults.push({ field: at, message: notOpen(option) })
    else if (depth <= MOST_NESTED) addToolFaults(tool.tools, `${at}.tools`, open, faults, depth + 1)
  }
}

/** The option to which a provider's hosted tool belongs; null for a tool that the caller runs. */
function hosted(tool: Json): OpenOption | null {
  // Google names a hosted tool by its only field.
  for (const name of Object.keys(tool)) {
    const option = isObject(tool[name]) ? TOOLS.get(plain(name)) : undefined
    if (option !== undefined) return option
  }
  const { type } = tool
  if (type === undefined || type === null) return null
  const known = plain(withoutVersion(String(type)))
  if (CALLERS.has(known)) return null
  return TOOLS.get(known) ?? 'other_tools'
}

/** `web_search_20250305` and `openrouter:web_search` are web searches. */
const withoutVersion = (type: string) => type.replace(/^.*[:$]/, '').replace(/([_-]\d+)+$/, '')

const notOpen = (option: OpenOption) =>
  `costs more at the provider and is not open for this tool: leave it out, or ask an admin to open ${option}`

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null
