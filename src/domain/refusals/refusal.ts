/** The layer of the hub that refused, in the order in which the layers check. */
export const LAYERS = [
  'sign-in',
  'account',
  'input',
  'catalogue',
  'idempotency',
  'subscription',
  'plan',
  'rate',
  'tokens',
] as const
export type Layer = (typeof LAYERS)[number]

/** Refusals with the same kind are counted together. */
export type RefusalKind = { userId: string | null; reason: string }

/**
 * What an admin sees of a refusal: the layer that refused, the values that it saw, and the error that the caller got.
 */
export type RefusalDetails = {
  layer: Layer
  code: string
  message: string
  requestId: string
  toolId: string | null
  toolName: string | null
  figures: Record<string, unknown>
}

/** `leftOut` counts the refusals of the same kind that have no row of their own: this row represents them too. */
export type KeptRefusal = RefusalKind & RefusalDetails & { at: Date; leftOut: number }
