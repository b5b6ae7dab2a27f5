/** Which part of the hub said no, in the order in which they are asked. */
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

/** What decides which refusals are alike. */
export type RefusalKind = { userId: string | null; reason: string }

/** What an admin reads of a refusal: which layer decided, what it saw, and what the caller was told. */
export type RefusalDetails = {
  layer: Layer
  code: string
  message: string
  requestId: string
  toolId: string | null
  toolName: string | null
  figures: Record<string, unknown>
}

/** `leftOut` counts the refusals of the same kind that are not kept one by one: this row stands for them too. */
export type KeptRefusal = RefusalKind & RefusalDetails & { at: Date; leftOut: number }
