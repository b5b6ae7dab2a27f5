import type { ErrorObject } from 'ajv'
import { Problem, type ProblemDetail } from '../../platform/kernel/problem'
import { perProcess } from '../../platform/kernel/process'
import { checkApart, NoThread } from './apart/check-apart'
import { runBounded } from './bounded-run'
import { builtinTools } from './builtin'
import type { Cost } from './check-cost'
import { isDeeperThan, MOST_DEPTH } from './depth'
import { NO_REVISION } from './document-tool'
import { compileInputSchema, type InputValidator, isDraft07, MOST_MS } from './input-schema'
import type { Tool, ToolInput } from './tool'

export { checkInputSchema } from './input-schema'

const MOST_ERRORS = 20
const MOST_FIELD = 200

type Compiled = { revision: number; validators: Validators }
/** An Error: why the schema cannot be compiled. */
type Validators = InputValidator[] | Error

/**
 * All faults of an input, each with the field's dotted path (`input.text`); empty if it is valid. A built-in function's
 * own schema is checked too, whatever schema the admin gave the tool. The input is not changed: no defaults, no type
 * conversion. Runs synchronously with a timeout of 100 ms, for trials and tests.
 */
export function inputProblems(tool: Tool, input: ToolInput): ProblemDetail[] {
  return problemsBy(tool, input, (validator) => {
    const check = () => validator.check(input)
    return (validator.cost.kind === 'plain' ? check() : runBounded(check, MOST_MS)).length > 0
      ? validator.checkAll(input)
      : []
  })
}

/** Whether an input of this size is checked only after authentication: requests with a forged key must stay cheap. */
export function isCheckedForKnown(tool: Tool, bytes: number): boolean {
  if (bytes > MOST_OF_ANYBODY) return true
  const validators = validatorsOf(tool)
  return !(validators instanceof Error) && validators.some(({ cost }) => cost.kind !== 'plain')
}

/** An input that a caller sent: the maximum size of its JSON, and who waits for the check. */
export type SentInput = { input: ToolInput; bytes: number; caller: string }

/**
 * The same for the inputs of callers. Most inputs are checked synchronously. If the check may take long, it runs in a
 * separate thread, and this returns a promise.
 */
export function checkInput(tool: Tool, sent: SentInput): ProblemDetail[] | Promise<ProblemDetail[]> {
  const validators = validatorsOf(tool)
  if (validators instanceof Error || !validators.some(({ cost }) => isApart(cost, sent.bytes)))
    return problemsBy(tool, sent.input, (validator) => checkHere(validator, sent))
  return checkInTurn(validators, sent)
}

/** The maximum bytes of an input that is checked before its caller is authenticated. */
export const MOST_OF_ANYBODY = 64 * 1024
/** A linear engine needs at worst some microseconds per character. */
const MOST_CAREFUL = 4 * 1024

/** Schema parts times input bytes that are checked in some ten milliseconds. */
const MOST_PARTS = 400_000

function isApart({ kind, parts }: Cost, bytes: number): boolean {
  if (kind === 'plain') return false
  return kind === 'apart' || bytes > MOST_CAREFUL || parts * bytes > MOST_PARTS
}

function checkHere(validator: InputValidator, { input, bytes }: SentInput): ErrorObject[] {
  const isLarge = bytes > MOST_OF_ANYBODY
  const check = () => validator.check(input)
  const errors = isLarge ? runBounded(check, MOST_MS) : check()
  return errors.length === 0 || isLarge ? errors : validator.checkAll(input)
}

async function checkInTurn(validators: InputValidator[], sent: SentInput): Promise<ProblemDetail[]> {
  if (isDeeperThan(sent.input, MOST_DEPTH)) return TOO_DEEP
  try {
    for (const validator of validators) {
      const errors = isApart(validator.cost, sent.bytes)
        ? await checkThere(validator, sent)
        : checkHere(validator, sent)
      if (errors.length > 0) return toDetails(errors)
    }
    return []
  } catch (error) {
    return uncheckable(error)
  }
}

async function checkThere(validator: InputValidator, sent: SentInput): Promise<ErrorObject[]> {
  const { key, schema } = validator
  const given = {
    key,
    schema: JSON.stringify(schema),
    input: JSON.stringify(sent.input),
    caller: sent.caller,
  }
  try {
    const allErrors = sent.bytes <= MOST_CAREFUL
    return await checkApart({ isDraft07: isDraft07(schema), allErrors, ...given })
  } catch (error) {
    if (!(error instanceof NoThread)) throw error
    return runBounded(() => validator.check(sent.input), MOST_MS)
  }
}

function problemsBy(
  tool: Tool,
  input: ToolInput,
  check: (validator: InputValidator) => ErrorObject[],
): ProblemDetail[] {
  if (isDeeperThan(input, MOST_DEPTH)) return TOO_DEEP
  try {
    const validators = validatorsOf(tool)
    if (validators instanceof Error) throw validators
    for (const validator of validators) {
      const errors = check(validator)
      if (errors.length > 0) return toDetails(errors)
    }
    return []
  } catch (error) {
    return uncheckable(error)
  }
}

const TOO_DEEP: ProblemDetail[] = [{ field: 'input', message: `is nested deeper than ${MOST_DEPTH} levels` }]

/** For a schema whose check times out or recurses endlessly: the call is refused, the process continues. */
function uncheckable(error: unknown): ProblemDetail[] {
  if (error instanceof Problem) throw error
  const why = (error as Error).message
  return [{ field: 'input', message: `could not be checked against the tool's schema: ${why}` }]
}

/** Throws a VALIDATION_ERROR that names every invalid field. */
export function validateInput(tool: Tool, input: ToolInput): void {
  const details = inputProblems(tool, input)
  if (details.length === 0) return
  const message = details.map((detail) => `${detail.field} ${detail.message}`).join('; ')
  throw new Problem('VALIDATION_ERROR', message, { details })
}

const ofDrafts = new WeakMap<Tool, Validators>()

/** Compiled once for each revision of a tool. Drafts have no revision: each is compiled separately. */
function validatorsOf(tool: Tool): Validators {
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

function compile(tool: Tool): Validators {
  const own = tool.adapter === 'builtin' ? builtinTools[tool.builtin ?? '']?.inputSchema : undefined
  const schemas = [own, tool.inputSchema].filter((schema) => schema !== undefined && schema !== null)
  try {
    return schemas.map(compileInputSchema)
  } catch (error) {
    return error as Error
  }
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
