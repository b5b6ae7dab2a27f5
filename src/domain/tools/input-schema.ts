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
import { perProcess } from '../../platform/kernel/process'
import { runBounded } from './bounded-run'
import { type Cost, costOfCheck } from './check-cost'
import { type Matcher, matcherOf } from './patterns/linear'
import { addUniqueItems } from './unique-items'

/** A compiled schema. */
export type InputValidator = {
  schema: Record<string, unknown>
  /** Its unique name in this process. */
  key: string
  cost: Cost
  /** The first fault, or none. It has no time limit: use it only where `cost` allows it. */
  check: (input: unknown) => ErrorObject[]
  /** All faults. Throws `TookTooLong` if the check would block the process. */
  checkAll: (input: unknown) => ErrorObject[]
}

const MOST_BYTES = 64 * 1024
const MOST_DEPTH = 32
const MOST_PATTERN = 500
/** Long enough for a megabyte of normal input, and the longest time that a check may block the process. */
export const MOST_MS = 100

const DRAFT_07 = /^https?:\/\/json-schema\.org\/draft-0[67]\/schema#?$/
const DRAFT_2020 = /^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/

const OPTIONS: Options = {
  strict: false,
  ownProperties: true,
  validateFormats: true,
  logger: false,
}

/**
 * The faults of a schema that an admin wants to save; empty if it is valid. It is compiled, so that an unknown reference
 * or an invalid pattern is found now and not by the first caller. Nothing is ever fetched.
 */
export function checkInputSchema(schema: unknown): string[] {
  const faults = shapeFaults(schema)
  if (faults.length > 0) return faults
  try {
    const { check } = compileInputSchema(schema as Record<string, unknown>)
    runBounded(() => check({}), MOST_MS)
    return []
  } catch (error) {
    return [`Not a usable JSON Schema: ${(error as Error).message}`]
  }
}

/**
 * Compiles a schema of draft 2020-12 (also without `$schema`) or draft-07. Throws an `Error` for a schema
 * that cannot be compiled. Each schema has its own Ajv instance, because two tools may use the same `$id`.
 */
export function compileInputSchema(schema: Record<string, unknown>): InputValidator {
  const patterns = new Map<string, Matcher['cost']>()
  const first = compile(schema, patterns, false)
  let all: ReturnType<typeof compile> | undefined
  const checkAll = (input: unknown) => {
    // Most tools never receive an invalid input.
    const check = all ?? compile(schema, new Map(), true)
    all = check
    return runBounded(() => check(input), MOST_MS)
  }
  return {
    schema,
    key: String(perProcess('tools.compiled-schemas', () => new Counter()).next()),
    cost: costOfCheck(schema, patterns),
    check: first,
    checkAll,
  }
}

class Counter {
  private count = 0

  next(): number {
    this.count += 1
    return this.count
  }
}

/** Whether a schema is draft-07. Most are 2020-12. */
export const isDraft07 = ({ $schema }: Record<string, unknown>): boolean =>
  typeof $schema === 'string' && DRAFT_07.test($schema)

/** `allErrors` creates an object for each fault, and a caller may send half a million faults. */
function compile(
  schema: Record<string, unknown>,
  patterns: Map<string, Matcher['cost']>,
  allErrors: boolean,
) {
  const regExp = engineThat((source, { cost }) => patterns.set(source, cost))
  // The second time, the schema is known to be valid.
  const options = { ...OPTIONS, allErrors, validateSchema: !allErrors, code: { regExp } }
  const ajv: Ajv = isDraft07(schema) ? new AjvDraft07(options) : new Ajv2020(options)
  formats.default(ajv)
  addUniqueItems(ajv)
  return runCompiled(ajv.compile(schema as AnySchema))
}

type Engine = NonNullable<NonNullable<Options['code']>['regExp']>

/** `code` is for schemas that are written to a file, which these never are. */
function engineThat(note: (source: string, matcher: Matcher) => void): Engine {
  const engine = (source: string) => {
    const matcher = matcherOf(source)
    note(source, matcher)
    return { test: matcher.test, toString: () => `/${source}/u` } as RegExp
  }
  return Object.assign(engine, { code: 'undefined' })
}

function runCompiled(validate: ValidateFunction) {
  return (input: unknown): ErrorObject[] => {
    const valid = validate(input)
    const errors = valid ? [] : [...(validate.errors ?? [])]
    // The errors contain the caller's input, so they must not outlive the call.
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
  const faults: string[] = []
  walk(schema, 0, (key, value, depth) => {
    if (depth > MOST_DEPTH) faults.push(`The schema is nested deeper than ${MOST_DEPTH} levels`)
    if (key === 'pattern' && typeof value === 'string' && value.length > MOST_PATTERN) {
      faults.push(`A pattern has ${value.length} characters; ${MOST_PATTERN} are allowed`)
    }
    if (key === '$async' && value === true) faults.push('$async is not supported')
  })
  if (faults.length > 0) return [...new Set(faults)]
  const size = Buffer.byteLength(JSON.stringify(schema))
  return size > MOST_BYTES ? [`The schema has ${size} bytes; ${MOST_BYTES} are allowed`] : []
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
