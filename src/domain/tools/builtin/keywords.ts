import { type BuiltinTool, textField } from './builtin-tool'
import { readEnglish, type Sentence, type Token } from './english'

const LONGEST_PHRASE = 4
const MOST_KEYWORDS = 50

/** Finds the terms that an English text is about. */
export const keywordsTool: BuiltinTool = {
  name: 'keywords',
  description:
    'Finds the words and phrases that an English text is about: its nouns and names with their adjectives, the most telling first.\n\n`count` is how often the phrase occurs; `score` orders the list and means nothing beyond this text.',
  inputSchema: {
    type: 'object',
    properties: {
      text: textField('The English text to look at.'),
      limit: {
        type: 'integer',
        minimum: 1,
        maximum: MOST_KEYWORDS,
        default: 10,
        description: 'How many at most.',
      },
    },
    required: ['text'],
    additionalProperties: false,
  },
  example: {
    text: 'Solar panels turn sunlight into electricity. The price of solar panels has fallen by ninety percent, and electricity from sunlight is now cheaper than electricity from coal.',
    limit: 5,
  },
  async run(input, signal) {
    const { text, limit = 10 } = input as { text: string; limit?: number }
    const sentences = await readEnglish(text, signal)
    const phrases = sentences.flatMap(phrasesOf)
    return { keywords: rank(phrases).slice(0, limit), sentence_count: sentences.length }
  },
}

type Phrase = { words: string[]; text: string }
type Keyword = { keyword: string; count: number; score: number }

/** The runs of adjectives, nouns and names that end in a noun or name. */
function phrasesOf({ tokens }: Sentence): Phrase[] {
  const runs: Token[][] = [[]]
  for (const token of tokens) {
    if (isPart(token)) runs.at(-1)?.push(token)
    else runs.push([])
  }
  return runs.flatMap((run) => {
    const last = run.findLastIndex((token) => token.pos !== 'ADJ')
    const phrase = run.slice(Math.max(0, last + 1 - LONGEST_PHRASE), last + 1)
    return phrase.length === 0
      ? []
      : [{ words: phrase.map(baseForm), text: phrase.map((token) => token.text).join(' ') }]
  })
}

function isPart({ pos, isStopWord, lower }: Token): boolean {
  return (pos === 'NOUN' || pos === 'PROPN' || pos === 'ADJ') && !isStopWord && /\p{L}{2}/u.test(lower)
}

/** `Panels` and `panel` are one keyword. */
function baseForm(token: Token): string {
  return token.lemma.toLowerCase()
}

/** A phrase weighs as often as it and its words occur; longer phrases say more than each of their words. */
function rank(phrases: Phrase[]): Keyword[] {
  const wordCounts = new Map<string, number>()
  for (const word of phrases.flatMap((phrase) => phrase.words))
    wordCounts.set(word, (wordCounts.get(word) ?? 0) + 1)
  const found = new Map<string, { phrase: Phrase; count: number }>()
  for (const phrase of phrases) {
    const key = phrase.words.join(' ')
    found.set(key, { phrase: found.get(key)?.phrase ?? phrase, count: (found.get(key)?.count ?? 0) + 1 })
  }
  const scored = [...found.values()].map(({ phrase, count }) => {
    const words = phrase.words.reduce((sum, word) => sum + (wordCounts.get(word) ?? 0), 0)
    const score = count * (words / Math.sqrt(phrase.words.length))
    return { keyword: phrase.text, count, score: Math.round(score * 100) / 100 }
  })
  return scored.sort((a, b) => b.score - a.score)
}
