import type { ToolInput, ToolOutput } from '../tool'

/** A function that the hub brings along. It needs no network and gives way to others while it works. */
export interface BuiltinTool {
  /** What a tool's `builtin` names it by. */
  name: string
  /** Markdown. */
  description: string
  /** Holds for every call of the function, beside the tool's own schema. */
  inputSchema: Record<string, unknown>
  example: ToolInput
  /** Throws the signal's reason once that is aborted. */
  run(input: ToolInput, signal: AbortSignal): Promise<ToolOutput>
}

/** No function takes more: so much English is read in about 50 ms. */
export const MOST_CHARACTERS = 100_000

/** The field that they all have. */
export const textField = (what: string) => ({
  type: 'string',
  minLength: 1,
  maxLength: MOST_CHARACTERS,
  description: `${what} At most ${MOST_CHARACTERS} characters.`,
})
