const WHOLE = ['weight_cache_write5m', 'weight_cache_write1h', 'context_window'] as const

const retype = (type: 'bigint' | 'numeric') =>
  `alter table tools ${WHOLE.map((column) => `alter column ${column} type ${type}`).join(', ')}`

/** Weights of input that is written to a cache, and the context window of a tool: whole numbers. */
export const openOptionsUp: readonly string[] = [retype('bigint')]

export const openOptionsDown: readonly string[] = [retype('numeric')]
