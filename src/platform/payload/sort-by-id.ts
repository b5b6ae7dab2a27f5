import type { CollectionBeforeOperationHook } from 'payload'

/**
 * Payload's `beforeOperation` hook of invocations and other logs: a list by the time of making is one by id, which carries that time
 * and has an index; sorting by the column would read the whole table.
 */
export const sortById: CollectionBeforeOperationHook = ({ args }) => {
  const { sort } = args as { sort?: unknown }
  if (typeof sort === 'string') return { ...args, sort: sort.split(',').map(byId) }
  return Array.isArray(sort) ? { ...args, sort: sort.map(byId) } : args
}

const byId = (field: unknown) =>
  typeof field === 'string' ? field.replace(/^(-?)(createdAt|at)$/, '$1id') : field
