import {
  type DocumentNode,
  Kind,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { invalidField, type Problem } from '../../platform/kernel/problem'

const MOST_FRAGMENTS = 100
const MOST_SELECTIONS = 1_000
/** The introspection query of GraphQL tools has fifteen levels. */
const MOST_LEVELS = 15
const MOST_ROOT_FIELDS = 20
/** These hash a password, send a mail or count against a limiter, once each. */
const ACCOUNT = /^(login|logout|refreshToken|forgotPassword|resetPassword|unlock|verifyEmail)/

/** The size of a part of a document after all its fragments are expanded. */
type Extent = { selections: number; levels: number; rootFields: number; accounts: number }
type Measure = (set: SelectionSetNode | undefined) => Extent

const NOTHING: Extent = { selections: 0, levels: 0, rootFields: 0, accounts: 0 }

/**
 * Refuses a small document with a large response. The later rules visit every spread of a fragment, so a few hundred bytes
 * could keep the process busy forever. This function visits each fragment once. Circular fragments and duplicate names must
 * have been refused before. Throws `Problem`.
 */
export function checkBounds(document: DocumentNode): void {
  const measure = measurer(document)
  let total = NOTHING
  for (const definition of document.definitions) {
    if (!('selectionSet' in definition)) continue
    const extent = measure(definition.selectionSet)
    // An unused fragment is visited too.
    check(extent.selections, MOST_SELECTIONS, 'fields, with its fragments expanded')
    check(extent.levels, MOST_LEVELS, 'levels')
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    const isMutation = definition.operation === OperationTypeNode.MUTATION
    total = besides(total, isMutation ? extent : { ...extent, accounts: 0 })
  }
  check(total.selections, MOST_SELECTIONS, 'fields, with its fragments expanded')
  check(total.rootFields, MOST_ROOT_FIELDS, 'fields at its root')
  check(total.accounts, 1, 'account mutation')
}

/** Throws `Problem` for more fragments than a document may have. */
export function checkFragments(document: DocumentNode): void {
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)
  check(fragments.length, MOST_FRAGMENTS, 'fragments')
}

function measurer(document: DocumentNode): Measure {
  const sets = new Map<string, SelectionSetNode>()
  for (const one of document.definitions)
    if (one.kind === Kind.FRAGMENT_DEFINITION) sets.set(one.name.value, one.selectionSet)
  const known = new Map<string, Extent>()
  const ofFragment = (name: string): Extent => {
    const extent = known.get(name) ?? measure(sets.get(name))
    known.set(name, extent)
    return extent
  }
  const ofSelection = (selection: SelectionNode): Extent => {
    if (selection.kind === Kind.FIELD) return ofField(selection.name.value, measure(selection.selectionSet))
    const inner =
      selection.kind === Kind.INLINE_FRAGMENT
        ? measure(selection.selectionSet)
        : ofFragment(selection.name.value)
    return { ...inner, selections: inner.selections + 1 }
  }
  const measure: Measure = (set) =>
    (set?.selections ?? []).reduce((sum, one) => besides(sum, ofSelection(one)), NOTHING)
  return measure
}

const ofField = (name: string, inner: Extent): Extent => ({
  selections: inner.selections + 1,
  levels: inner.levels + 1,
  rootFields: 1,
  accounts: ACCOUNT.test(name) ? 1 : 0,
})

/** Counts stop growing soon after the limit, because a hundred doublings would overflow a number. */
const besides = (one: Extent, other: Extent): Extent => ({
  selections: Math.min(one.selections + other.selections, MOST_SELECTIONS + 1),
  levels: Math.max(one.levels, other.levels),
  rootFields: Math.min(one.rootFields + other.rootFields, MOST_SELECTIONS + 1),
  accounts: Math.min(one.accounts + other.accounts, MOST_SELECTIONS + 1),
})

function check(count: number, most: number, what: string): void {
  if (count > most) throw tooMuch(most, what)
}

const tooMuch = (most: number, what: string): Problem =>
  invalidField('query', `A document has at most ${most} ${what}`)
