/** The hub's own address of this door, and the one by which it is reached on a plain Next host. */
export const BASES = ['/v1', '/api/v1/openai'] as const

/** Whether an address belongs to this door, so that what goes wrong there is told in its shape. */
export const isOpenAiPath = (path: string): boolean =>
  BASES.some((base) => path === base || path.startsWith(`${base}/`))
