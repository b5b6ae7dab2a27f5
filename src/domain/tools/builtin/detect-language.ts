import { francAll } from 'franc'
import { type BuiltinTool, textField } from './builtin-tool'

/** Below this a guess among a hundred languages is little more than that. */
const ENOUGH_CHARACTERS = 60
const MOST_CANDIDATES = 5

/** Says which language a text is written in. */
export const detectLanguageTool: BuiltinTool = {
  name: 'detect-language',
  description:
    'Says which of some 180 languages a text is written in, with the next best guesses.\n\n`language` is an ISO 639-3 code, `und` where it cannot be told; `tag` is the code that browsers use. A few sentences are needed: `short_text` warns when the text is too short to be sure. The first 2,048 characters decide.',
  inputSchema: {
    type: 'object',
    properties: { text: textField('A few sentences in one language.') },
    required: ['text'],
    additionalProperties: false,
  },
  example: { text: 'Das ist ein kurzer Satz, an dem man die Sprache gut erkennen kann.' },
  async run(input) {
    const { text } = input as { text: string }
    const candidates = francAll(text).slice(0, MOST_CANDIDATES).map(toCandidate)
    const [best] = candidates
    return {
      language: best?.language ?? 'und',
      tag: best?.tag ?? 'und',
      name: best?.name ?? 'Undetermined',
      short_text: text.trim().length < ENOUGH_CHARACTERS,
      candidates,
    }
  },
}

/** `score` compares the candidates with the best, whose score is 1; it is no probability. */
function toCandidate([language, score]: [string, number]) {
  const tag = Intl.getCanonicalLocales(language)[0] ?? language
  const name = new Intl.DisplayNames('en', { type: 'language' }).of(tag) ?? language
  return { language, tag, name, score: Math.round(score * 1_000) / 1_000 }
}
