import {
  type ExecutionArgs,
  type FieldNode,
  type GraphQLCompositeType,
  getNamedType,
  isCompositeType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql'
import { fieldsOf, isLeftOut, operationsOf, type Reading, refused, refusing, timesOf } from './graphql-rows'

/** The maximum values of a response: a thousand rows of twenty-five fields. */
const MOST_VALUES = 25_000
/** Each root field may request a field once, and a document has at most twenty root fields. */
const MOST_REPEATS = 20

type Counting = Reading & {
  /** The values of the whole document, with all its operations. */
  total: { values: number }
  /** The paths of the response that were counted. A path that is requested twice is in the response once. */
  seen: Set<string>
  /** How often the document requests a field of a type. */
  asked: Map<string, number>
}
type Place = { type: GraphQLCompositeType; path: string; times: number }

/**
 * A rule that refuses a document with too many values, or with one field under many aliases: otherwise a row that is cheap
 * to load could be in the response nine hundred times.
 */
export function boundValues(args: ExecutionArgs): ValidationRule {
  return refusing(args, (document) => {
    const total = { values: 0 }
    for (const { reading, set, root } of operationsOf(args, document))
      countSet({ ...reading, total, seen: new Set(), asked: new Map() }, set, {
        type: root,
        path: '',
        times: 1,
      })
  })
}

function countSet(counting: Counting, set: SelectionSetNode, place: Place): void {
  for (const one of set.selections)
    if (!isLeftOut(one, counting.variables)) countSelection(counting, one, place)
}

function countSelection(counting: Counting, one: SelectionNode, place: Place): void {
  if (one.kind === Kind.FIELD) countField(counting, one, place)
  else if (one.kind === Kind.FRAGMENT_SPREAD) countFragment(counting, one.name.value, place)
  else {
    const type = one.typeCondition ? counting.schema.getType(one.typeCondition.name.value) : place.type
    if (isCompositeType(type)) countSet(counting, one.selectionSet, { ...place, type })
  }
}

function countFragment(counting: Counting, name: string, place: Place): void {
  const fragment = counting.fragments.get(name)
  const type = fragment && counting.schema.getType(fragment.typeCondition.name.value)
  // A second spread in the same place changes nothing, and a fragment that spreads itself would never end.
  if (!fragment || !isCompositeType(type) || !isNew(counting, `${place.path}...${name}`)) return
  countSet(counting, fragment.selectionSet, { ...place, type })
}

function countField(counting: Counting, node: FieldNode, { type: parent, path, times }: Place): void {
  const field = fieldsOf(parent)[node.name.value]
  if (!field) return
  const here = `${path}/${parent.name}.${(node.alias ?? node.name).value}`
  const isFirst = isNew(counting, here)
  if (isFirst) countValues(counting, times)
  const type = getNamedType(field.type)
  if (!isCompositeType(type)) {
    if (isFirst) countAsked(counting, `${parent.name}.${field.name}`)
  } else if (node.selectionSet) {
    const rows = timesOf(counting, field, node, parent, path === '')
    countSet(counting, node.selectionSet, { type, path: here, times: times * rows })
  }
}

function isNew({ seen }: Counting, place: string): boolean {
  const { size } = seen
  return seen.add(place).size > size
}

function countValues({ total }: Counting, values: number): void {
  total.values += values
  if (total.values > MOST_VALUES)
    throw refused(`A document asks for at most ${MOST_VALUES} values, rows times fields: lower its limits`)
}

function countAsked({ asked }: Counting, name: string): void {
  const count = (asked.get(name) ?? 0) + 1
  if (count > MOST_REPEATS) throw refused(`A document asks for ${name} at most ${MOST_REPEATS} times`)
  asked.set(name, count)
}
