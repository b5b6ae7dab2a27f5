import {
  type DocumentNode,
  type ExecutionArgs,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  getNullableType,
  getVariableValues,
  isCompositeType,
  isListType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql'
import { Problem } from '../../kernel/problem'
import { refusedBy } from './refused-status'
import { DEFAULT_ROWS, MOST_ROWS, rowsAsked } from './rows'

type Variables = Record<string, unknown>
/** The context for reading an operation of a document: its fragments, and its variables with their defaults. */
export type Reading = {
  schema: GraphQLSchema
  fragments: Map<string, FragmentDefinitionNode>
  known: Map<string, number>
  variables: Variables
}
type Field = GraphQLField<unknown, unknown>
type PayloadField = { type?: string; defaultLimit?: number; maxRows?: number }

/**
 * A rule that refuses a document whose response could have more than 1,000 rows: the limits of all its lists and joins, and
 * each relation once for every row that has it. It reads only the document and its variables, so nothing has run when it
 * refuses.
 */
export function boundRows(args: ExecutionArgs): ValidationRule {
  return refusing(args, (document) => {
    let rows = 0
    for (const { reading, set, root } of operationsOf(args, document))
      rows += rowsOfSet(reading, set, root, true)
    if (rows > MOST_ROWS)
      throw refused(
        `A document loads at most ${MOST_ROWS} rows, and this one could load ${rows}: lower its limits`,
      )
  })
}

/** A rule that refuses a document for which `check` throws a problem. */
export function refusing(args: ExecutionArgs, check: (document: DocumentNode) => void): ValidationRule {
  return (context) => ({
    Document: {
      leave(document) {
        try {
          check(document)
        } catch (error) {
          if (error instanceof Problem) context.reportError(refusedBy(error, args.contextValue))
          // Other rules report what does not fit the schema.
          else if (!(error instanceof GraphQLError)) throw error
        }
      },
    },
  })
}

/** The error for a refused document. */
export const refused = (message: string): Problem =>
  new Problem('VALIDATION_ERROR', message, { details: [{ field: 'query', message }] })

type Operation = { reading: Reading; set: SelectionSetNode; root: GraphQLCompositeType }

/** The operations that a document could run, each with its context. */
export function operationsOf(args: ExecutionArgs, document: DocumentNode): Operation[] {
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION)
  const { operationName: name } = args
  const meant = name ? operations.filter((one) => one.name?.value === name) : operations
  return meant.flatMap((one) => read(args, document, one) ?? [])
}

function read(
  { schema, variableValues }: ExecutionArgs,
  document: DocumentNode,
  { operation, selectionSet: set, variableDefinitions }: OperationDefinitionNode,
): Operation | null {
  const limits = { maxErrors: 1 }
  const { coerced } = getVariableValues(schema, variableDefinitions ?? [], variableValues ?? {}, limits)
  const root = schema.getRootType(operation)
  if (!coerced || !root) return null
  const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION)
  const reading: Reading = {
    schema,
    fragments: new Map(fragments.map((one) => [one.name.value, one])),
    known: new Map(),
    variables: coerced,
  }
  return { reading, set, root }
}

function rowsOfSet(
  reading: Reading,
  set: SelectionSetNode,
  type: GraphQLCompositeType,
  isRoot: boolean,
): number {
  const rows = set.selections.map((one) =>
    isLeftOut(one, reading.variables) ? 0 : rowsOfSelection(reading, one, type, isRoot),
  )
  return rows.reduce((sum, one) => sum + one, 0)
}

export function isLeftOut(node: SelectionNode, variables: Variables): boolean {
  return (
    getDirectiveValues(GraphQLSkipDirective, node, variables)?.if === true ||
    getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if === false
  )
}

function rowsOfSelection(
  reading: Reading,
  node: SelectionNode,
  type: GraphQLCompositeType,
  isRoot: boolean,
): number {
  if (node.kind === Kind.FIELD) return rowsOfField(reading, node, type, isRoot)
  if (node.kind === Kind.FRAGMENT_SPREAD) return rowsOfFragment(reading, node.name.value, isRoot)
  const inner = node.typeCondition ? reading.schema.getType(node.typeCondition.name.value) : type
  return isCompositeType(inner) ? rowsOfSet(reading, node.selectionSet, inner, isRoot) : 0
}

/** Each fragment is read once. Another rule refuses a fragment that spreads itself. */
function rowsOfFragment(reading: Reading, name: string, isRoot: boolean): number {
  const known = reading.known.get(name)
  if (known !== undefined) return known
  reading.known.set(name, 0)
  const fragment = reading.fragments.get(name)
  const type = fragment && reading.schema.getType(fragment.typeCondition.name.value)
  const rows = fragment && isCompositeType(type) ? rowsOfSet(reading, fragment.selectionSet, type, isRoot) : 0
  reading.known.set(name, rows)
  return rows
}

function rowsOfField(
  reading: Reading,
  node: FieldNode,
  parent: GraphQLCompositeType,
  isRoot: boolean,
): number {
  const field = fieldsOf(parent)[node.name.value]
  const type = field && getNamedType(field.type)
  if (!field || !isCompositeType(type) || !node.selectionSet) return 0
  const inner = rowsOfSet(reading, node.selectionSet, type, false)
  if (field.args.some(({ name }) => name === 'limit')) {
    const given = getArgumentValues(field, node, reading.variables)
    return listRows(field, given) * (1 + inner)
  }
  return documentsOf(field, isRoot) + timesOf(reading, field, node, parent, isRoot) * inner
}

/** How often the fields below a field are resolved: once for each row that it may have. */
export function timesOf(
  reading: Reading,
  field: Field,
  node: FieldNode,
  parent: GraphQLCompositeType,
  isRoot: boolean,
): number {
  if (field.args.some(({ name }) => name === 'limit'))
    return listRows(field, getArgumentValues(field, node, reading.variables))
  return Math.max(1, documentsOf(field, isRoot), repeats(field, parent))
}

/** A limit above the maximum is counted unchanged, so that the document is refused; 0 means the maximum. */
function listRows(field: Field, given: Variables): number {
  const usual = payloadField(field)?.defaultLimit ?? DEFAULT_ROWS
  const { rows } = rowsAsked(given, `${field.name}.limit`, usual)
  return Math.max(rows, Number(given.limit ?? 0))
}

/** How many documents a field without a limit loads: one at the root, one for a relation, several for many. */
function documentsOf(field: Field, isRoot: boolean): number {
  const { type, maxRows } = payloadField(field) ?? {}
  if (type !== 'relationship' && type !== 'upload') return isRoot ? 1 : 0
  return isMany(field) ? (maxRows ?? DEFAULT_ROWS) : 1
}

/** Rows of an array or of blocks; the documents of a list were counted by its limit. */
function repeats(field: Field, parent: GraphQLCompositeType): number {
  if (!isMany(field) || (field.name === 'docs' && fieldsOf(parent).hasNextPage)) return 1
  return payloadField(field)?.maxRows ?? DEFAULT_ROWS
}

const isMany = ({ type }: Field): boolean => isListType(getNullableType(type))

export const fieldsOf = (type: GraphQLCompositeType): Record<string, Field> =>
  isUnionType(type) ? {} : type.getFields()

const payloadField = ({ extensions }: Field): PayloadField | undefined =>
  (extensions as { field?: PayloadField }).field
