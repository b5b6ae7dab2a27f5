import {
  type Ajv,
  Ajv as AjvDraft07,
  type AnySchema,
  type ErrorObject,
  type Options,
  type ValidateFunction,
} from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { runBounded } from './bounded-run'

/** A checked input: every error, or none. Throws `TookTooLong` where a pattern or reference runs away. */
export type InputValidator = (input: unknown) => ErrorObject[]

const MOST_BYTES = 64 * 1024
const MOST_DEPTH = 32
const MOST_PATTERN = 500
/** Long enough for a megabyte of honest input; a runaway pattern holds the process no longer than this. */
const MOST_MS = 100

const DRAFT_07 = /^https?:\/\/json-schema\.org\/draft-0[67]\/schema#?$/
const DRAFT_2020 = /^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/

const OPTIONS: Options = {
  allErrors: true,
  strict: false,
  ownProperties: true,
  validateFormats: true,
  logger: false,
}

/**
 * What is wrong with a schema that an admin wants to save; empty when nothing is. It is compiled, so an
 * unknown reference or a bad pattern is found now and not by the first caller; nothing is ever fetched.
 */
export function checkInputSchema(schema: unknown): string[] {
  const faults = shapeFaults(schema)
  if (faults.length > 0) return faults
  try {
    const validate = compileInputSchema(schema as Record<string, unknown>)
    validate({})
    return []
  } catch (error) {
    return [`Not a usable JSON Schema: ${(error as Error).message}`]
  }
}

/**
 * Compiles a schema of draft 2020-12 (also without `$schema`) or draft-07. Throws an `Error` on a schema that
 * cannot be compiled. Each has an instance of its own: two tools may use the same `$id`.
 */
export function compileInputSchema(schema: Record<string, unknown>): InputValidator {
  const dialect = schema.$schema
  const ajv: Ajv =
    typeof dialect === 'string' && DRAFT_07.test(dialect) ? new AjvDraft07(OPTIONS) : new Ajv2020(OPTIONS)
  formats.default(ajv)
  const validate = ajv.compile(schema as AnySchema)
  const check = () => runCompiled(validate)
  if (!mayRunAway(schema)) return (input) => check()(input)
  return (input) => runBounded(() => check()(input), MOST_MS)
}

function runCompiled(validate: ValidateFunction) {
  return (input: unknown): ErrorObject[] => {
    const valid = validate(input)
    const errors = valid ? [] : [...(validate.errors ?? [])]
    // What was found names the caller's input: it must not outlive the call.
    validate.errors = null
    return errors
  }
}

function shapeFaults(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
    return ['A JSON Schema is an object']
  const dialect = (schema as Record<string, unknown>).$schema
  const known =
    dialect === undefined ||
    (typeof dialect === 'string' && (DRAFT_07.test(dialect) || DRAFT_2020.test(dialect)))
  if (!known) return ['$schema: draft 2020-12 and draft-07 are understood']
  const size = Buffer.byteLength(JSON.stringify(schema))
  if (size > MOST_BYTES) return [`The schema has ${size} bytes; ${MOST_BYTES} are allowed`]
  const faults: string[] = []
  walk(schema, 0, (key, value, depth) => {
    if (depth > MOST_DEPTH) faults.push(`The schema is nested deeper than ${MOST_DEPTH} levels`)
    if (key === 'pattern' && typeof value === 'string' && value.length > MOST_PATTERN) {
      faults.push(`A pattern has ${value.length} characters; ${MOST_PATTERN} are allowed`)
    }
    if (key === '$async' && value === true) faults.push('$async is not supported')
  })
  return [...new Set(faults)]
}

/** Whether the time of a check may grow faster than schema × input: patterns backtrack, references recurse. */
function mayRunAway(schema: object): boolean {
  const risky = new Set([
    'pattern',
    'patternProperties',
    'uniqueItems',
    'format',
    '$ref',
    '$dynamicRef',
    '$recursiveRef',
  ])
  let found = false
  walk(schema, 0, (key) => {
    found ||= risky.has(key)
  })
  return found
}

function walk(
  node: unknown,
  depth: number,
  visit: (key: string, value: unknown, depth: number) => void,
): void {
  if (typeof node !== 'object' || node === null || depth > MOST_DEPTH + 1) return
  for (const [key, value] of Object.entries(node)) {
    visit(key, value, depth + 1)
    walk(value, depth + 1, visit)
  }
}
