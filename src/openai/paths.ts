/** Whether an address belongs to this door, so that what goes wrong there is told in its shape. */
export const isOpenAiPath = (path: string): boolean => path === '/v1' || path.startsWith('/v1/')
