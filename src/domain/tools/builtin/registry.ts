import type { BuiltinTool } from './builtin-tool'
import { countTokensTool } from './count-tokens'
import { detectLanguageTool } from './detect-language'
import { keywordsTool } from './keywords'
import { summarizeTool } from './summarize'

/** The functions that the hub brings along, by name. */
export const builtinTools: Readonly<Record<string, BuiltinTool>> = Object.fromEntries(
  [countTokensTool, detectLanguageTool, keywordsTool, summarizeTool].map((tool) => [tool.name, tool]),
)
