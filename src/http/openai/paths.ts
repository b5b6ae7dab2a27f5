/** The base path of this protocol on the hub's own server, and on a plain Next host. */
export const BASES = ['/v1', '/api/v1/openai'] as const

/** Whether a path belongs to this protocol, whose errors have their own format. */
export const isOpenAiPath = (path: string): boolean =>
  BASES.some((base) => path === base || path.startsWith(`${base}/`))
