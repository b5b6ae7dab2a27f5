import type { FlattenedField } from 'payload'

type Values = Record<string, unknown>
type Shape = (value: unknown, fields: readonly FlattenedField[] | null) => unknown

/** The maximum number of documents on a page of the panel's lists. */
const MOST_ON_A_PAGE = 1_000
const ID = /^[\w-]{1,64}$/

/**
 * A stored preference as far as the panel can read it. Payload's pages trust stored preferences, so everybody who can
 * write one could break them. Values without the shape that a page expects are left out, and the page uses its
 * default. `fields` are those of the collection whose list the preference is about.
 */
export function readablePreference(value: unknown, fields: readonly FlattenedField[] | null): unknown {
  if (!isObject(value)) return Array.isArray(value) ? value.filter((one) => one !== null) : value
  const known = Object.entries(value).map(([name, inner]) => [name, shapeOf(name)(inner, fields)] as const)
  return Object.fromEntries(known.filter(([, inner]) => inner !== undefined))
}

const asItIs: Shape = (value) => value
const text: Shape = (value) => (typeof value === 'string' ? value : undefined)
const yesOrNo: Shape = (value) => (typeof value === 'boolean' ? value : undefined)
const objects: Shape = (value) =>
  isObject(value) ? Object.fromEntries(Object.entries(value).filter(([, one]) => isObject(one))) : undefined

/** Names that Payload's pages read anywhere in the panel. Other names are unused, or belong to the host. */
const SHAPES: Record<string, Shape> = {
  layouts: (value) => (Array.isArray(value) ? widgetsOf(value) : undefined),
  columns: (value) => (Array.isArray(value) ? value.filter(isColumn) : undefined),
  limit: (value) => (isLimit(value) ? value : undefined),
  sort: (value, fields) => sortable(value, fields),
  groupBy: (value, fields) => sortable(value, fields),
  preset: (value) =>
    typeof value === 'number' || (typeof value === 'string' && ID.test(value)) ? value : undefined,
  listViewType: text,
  editViewType: text,
  viewPreference: (value) => (value === 'grid' || value === 'list' ? value : undefined),
  open: yesOrNo,
  groups: objects,
  fields: (value) => fieldStates(value),
}

const shapeOf = (name: string): Shape => (Object.hasOwn(SHAPES, name) ? (SHAPES[name] as Shape) : asItIs)

/** Undefined if nothing of a layout is readable: then the default layout appears, not an empty page. */
function widgetsOf(value: unknown[]): unknown[] | undefined {
  const widgets = value
    .filter((one): one is Values & { id: string } => isObject(one) && typeof one.id === 'string')
    .map(({ data, width, ...one }) => ({
      ...one,
      ...(typeof width === 'string' ? { width } : {}),
      ...(isObject(data) ? { data } : {}),
    }))
  return widgets.length > 0 || value.length === 0 ? widgets : undefined
}

const isColumn = (value: unknown): boolean =>
  isObject(value) &&
  typeof value.accessor === 'string' &&
  (value.active === undefined || typeof value.active === 'boolean')

const isLimit = (value: unknown): boolean =>
  Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= MOST_ON_A_PAGE

/** A field of the collection, ascending or descending; a Payload page that sorts by any other fails. */
function sortable(value: unknown, fields: readonly FlattenedField[] | null): unknown {
  if (typeof value !== 'string' || !fields) return undefined
  const name = value.replace(/^-/, '')
  return name === 'id' || fields.some((field) => field.name === name) ? value : undefined
}

/** Which parts are collapsed, and which tab is open, by the path of a field. */
function fieldStates(value: unknown): unknown {
  const states = objects(value, null) as Record<string, Values> | undefined
  if (!states) return undefined
  const fit = ([name, inner]: [string, unknown]) => {
    if (name === 'collapsed') return typeof inner === 'boolean' || isTexts(inner)
    return name === 'tabIndex' ? Number.isSafeInteger(inner) : true
  }
  return Object.fromEntries(
    Object.entries(states).map(([path, state]) => [
      path,
      Object.fromEntries(Object.entries(state).filter(fit)),
    ]),
  )
}

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === 'string')

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
