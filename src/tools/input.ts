import type { ErrorObject } from 'ajv'
import { Problem, type ProblemDetail } from '../problem'
import { perProcess } from '../process'
import { builtinTools } from './builtin'
import { isDeeperThan, MOST_DEPTH } from './depth'
import { NO_REVISION } from './document-tool'
import { compileInputSchema, type InputValidator } from './input-schema'
import type { Tool, ToolInput } from './tool'

export { checkInputSchema } from './input-schema'

const MOST_ERRORS = 20
const MOST_FIELD = 200

type Compiled = { revision: number; validators: InputValidator[] }

/**
 * What is wrong with an input, each with the field's dotted path (`input.text`); empty when nothing is. A
 * built-in function's own schema holds as well, whatever the admin made of the tool's. Nothing is changed:
 * no defaults are filled in, no types converted.
 */
export function inputProblems(tool: Tool, input: ToolInput): ProblemDetail[] {
  if (isDeeperThan(input, MOST_DEPTH)) {
    return [{ field: 'input', message: `is nested deeper than ${MOST_DEPTH} levels` }]
  }
  try {
    for (const validate of validatorsOf(tool)) {
      const errors = validate(input)
      if (errors.length > 0) return toDetails(errors)
    }
    return []
  } catch (error) {
    // A schema that runs away or recurses without end: the call is refused, the process lives.
    return [
      {
        field: 'input',
        message: `could not be checked against the tool's schema: ${(error as Error).message}`,
      },
    ]
  }
}

/** Throws VALIDATION_ERROR that names every field that is wrong. */
export function validateInput(tool: Tool, input: ToolInput): void {
  const details = inputProblems(tool, input)
  if (details.length === 0) return
  const message = details.map((detail) => `${detail.field} ${detail.message}`).join('; ')
  throw new Problem('VALIDATION_ERROR', message, details)
}

const ofDrafts = new WeakMap<Tool, InputValidator[]>()

/** Compiled once for each revision of a tool. A draft has none: each is compiled by itself. */
function validatorsOf(tool: Tool): InputValidator[] {
  if (tool.revision === NO_REVISION) {
    const validators = ofDrafts.get(tool) ?? compile(tool)
    ofDrafts.set(tool, validators)
    return validators
  }
  const compiled = perProcess('tools.validators', () => new Map<string, Compiled>())
  const known = compiled.get(tool.id)
  if (known?.revision === tool.revision) return known.validators
  const validators = compile(tool)
  compiled.set(tool.id, { revision: tool.revision, validators })
  return validators
}

function compile(tool: Tool): InputValidator[] {
  const own = tool.adapter === 'builtin' ? builtinTools[tool.builtin ?? '']?.inputSchema : undefined
  const schemas = [own, tool.inputSchema].filter((schema) => schema !== undefined && schema !== null)
  return schemas.map(compileInputSchema)
}

function toDetails(errors: ErrorObject[]): ProblemDetail[] {
  const details = errors.filter((error) => error.keyword !== 'if').map(toDetail)
  const distinct = new Map(details.map((detail) => [`${detail.field}\n${detail.message}`, detail]))
  return [...distinct.values()].slice(0, MOST_ERRORS)
}

function toDetail(error: ErrorObject): ProblemDetail {
  const { keyword, instancePath, params, message } = error
  const at = ['input', ...instancePath.split('/').slice(1).map(unescapePointer)]
  if (keyword === 'required') return detail([...at, params.missingProperty], 'is required')
  if (keyword === 'additionalProperties')
    return detail([...at, params.additionalProperty], 'is not a known field')
  if (keyword === 'unevaluatedProperties')
    return detail([...at, params.unevaluatedProperty], 'is not a known field')
  if (keyword === 'enum') return detail(at, `must be one of ${shortList(params.allowedValues)}`)
  return detail(at, message ?? `fails ${keyword}`)
}

function detail(path: unknown[], message: string): ProblemDetail {
  return { field: path.join('.').slice(0, MOST_FIELD), message }
}

function shortList(values: unknown[]): string {
  const shown = values.slice(0, 20).map((value) => JSON.stringify(value))
  return `${shown.join(', ')}${values.length > shown.length ? ', …' : ''}`
}

/** A JSON Pointer's `~1` is `/` and its `~0` is `~`. */
function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}
