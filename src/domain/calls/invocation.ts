import { madeOf, toJson } from '../../platform/kernel/exact-json'
import { toOutput } from '../models/input'

export type Measured = { requestId: string; tokens: number; durationMs: number }

/** The result of an invocation as JSON text. */
export function toInvocation(
  output: Record<string, unknown>,
  { requestId, tokens, durationMs }: Measured,
): string {
  return toJson({ request_id: requestId, output, tokens_used: tokens, duration_ms: durationMs }, output)
}

/** Like `toInvocation`, for a model's response. */
export function invocation(value: Record<string, unknown>, _text: string, measured: Measured): string {
  return toInvocation(madeOf(value, toOutput(value)), measured)
}
