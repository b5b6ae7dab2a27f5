import { countTokens, ENCODINGS, type Encoding } from '../count-tokens'
import { type BuiltinTool, textField } from './builtin-tool'

/** Counts a text's tokens in a named encoding. */
export const countTokensTool: BuiltinTool = {
  name: 'count-tokens',
  description:
    'Counts the tokens of a text, as OpenAI models see it.\n\n`encoding` is one of `o200k_base` (GPT-4o and newer, the default), `o200k_harmony`, `cl100k_base` (GPT-4, GPT-3.5), `p50k_base` and `r50k_base`.',
  inputSchema: {
    type: 'object',
    properties: {
      text: textField('The text to count.'),
      encoding: { type: 'string', enum: [...ENCODINGS], default: ENCODINGS[0] },
    },
    required: ['text'],
    additionalProperties: false,
  },
  example: { text: 'How many tokens is this sentence?', encoding: 'o200k_base' },
  async run(input, signal) {
    const { text, encoding = 'o200k_base' } = input as { text: string; encoding?: Encoding }
    const tokens = await countTokens(text, encoding, signal)
    const words = text.match(/\S+/g)?.length ?? 0
    return { tokens, encoding, characters: [...text].length, words }
  },
}
