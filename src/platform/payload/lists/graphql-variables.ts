import {
  type ExecutionArgs,
  GraphQLError,
  getNamedType,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  typeFromAST,
  type ValidationRule,
  type VariableDefinitionNode,
} from 'graphql'
import { Problem } from '../../kernel/problem'
import { refusedBy } from './refused-status'

/** Twenty callers who send as many at once keep `/health` waiting for less than 200 ms. */
const MOST_VALUES = 2_000
const MOST_ERRORS = 20

/**
 * A rule that refuses variables with too many values, or with too many invalid values. Payload's complexity rule and the
 * execution read them again, and the complexity rule creates an error for each invalid value: half a minute for a MiB. So
 * variables that are refused here are removed from the request before any other rule reads them.
 */
export function boundVariables(args: ExecutionArgs): ValidationRule {
  const errors = errorsOf(args)
  if (errors.length > 0) clear(args.variableValues)
  return (context) => ({
    Document: {
      leave() {
        for (const error of errors) context.reportError(error)
      },
    },
  })
}

function errorsOf(args: ExecutionArgs): readonly GraphQLError[] {
  const operations = args.document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION)
  const definitions = operations.flatMap((one) => one.variableDefinitions ?? [])
  if (countValues(args, definitions) > MOST_VALUES) {
    const message = `Variables have at most ${MOST_VALUES} values, but for those of the type JSON`
    const details = [{ field: 'variables', message }]
    return [refusedBy(new Problem('VALIDATION_ERROR', message, { details }), args.contextValue)]
  }
  return operations.flatMap((operation) => unfitting(args, operation))
}

function unfitting(
  { schema, variableValues, operationName }: ExecutionArgs,
  { name, variableDefinitions }: OperationDefinitionNode,
): readonly GraphQLError[] {
  if (operationName && name?.value !== operationName) return []
  try {
    const limits = { maxErrors: MOST_ERRORS }
    const { errors = [] } = getVariableValues(schema, variableDefinitions ?? [], variableValues ?? {}, limits)
    // The other rules report a few errors.
    return errors.length < MOST_ERRORS ? [] : errors
  } catch (error) {
    // Other rules report a type that is not in the schema.
    if (error instanceof GraphQLError) return []
    throw error
  }
}

function countValues(
  { schema, variableValues }: ExecutionArgs,
  definitions: readonly VariableDefinitionNode[],
): number {
  const isJson = ({ type }: VariableDefinitionNode) => {
    const known = typeFromAST(schema, type as never)
    return known !== undefined && getNamedType(known).name === 'JSON'
  }
  const json = new Set(definitions.filter(isJson).map(({ variable }) => variable.name.value))
  let count = 0
  for (const [name, value] of Object.entries(variableValues ?? {}))
    if (!json.has(name)) count += valuesOf(value, MOST_VALUES - count)
  return count
}

/** Stops counting above `most`. */
function valuesOf(value: unknown, most: number): number {
  if (typeof value !== 'object' || value === null) return 1
  let count = 1
  for (const name in value) {
    if (count > most) return count
    count += valuesOf((value as Record<string, unknown>)[name], most - count)
  }
  return count
}

function clear(values: ExecutionArgs['variableValues']): void {
  const given = values as Record<string, unknown> | null | undefined
  for (const name of Object.keys(given ?? {})) delete given?.[name]
}
