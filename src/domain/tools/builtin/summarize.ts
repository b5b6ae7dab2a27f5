import { shareTurns } from '../turns'
import { type BuiltinTool, textField } from './builtin-tool'
import { readEnglish, type Sentence } from './english'

const CONTENT = new Set(['NOUN', 'PROPN', 'VERB', 'ADJ', 'NUM'])
/** Shorter ones (headings, exclamations) say little by themselves. */
const FEWEST_CONTENT_WORDS = 3
const MOST_SENTENCES = 20

/** Picks the sentences that say most about an English text. */
export const summarizeTool: BuiltinTool = {
  name: 'summarize',
  description:
    'Summarises an English text by its most telling sentences, word for word and in their order.\n\nSentences are picked by how often the words that they are made of occur in the text; after each pick its words count for less, so that the next one says something new.',
  inputSchema: {
    type: 'object',
    properties: {
      text: textField('The English text to summarise.'),
      sentences: {
        type: 'integer',
        minimum: 1,
        maximum: MOST_SENTENCES,
        default: 3,
        description: 'How many to pick.',
      },
    },
    required: ['text'],
    additionalProperties: false,
  },
  example: {
    text: 'The Apollo program landed the first humans on the Moon in 1969. It was carried out by NASA between 1961 and 1972. The program set several milestones in human spaceflight. Crews brought back 382 kilograms of lunar rock and soil. Those samples changed what is known about the history of the Moon.',
    sentences: 2,
  },
  async run(input, signal) {
    const { text, sentences: wanted = 3 } = input as { text: string; sentences?: number }
    const sentences = await readEnglish(text, signal)
    const picked = await pick(sentences, wanted, signal)
    const summary = picked.map(({ position }) => sentences[position]?.text ?? '').join(' ')
    return {
      summary,
      sentences: picked.map(({ position, score }) => ({
        position,
        text: sentences[position]?.text ?? '',
        score,
      })),
      sentence_count: sentences.length,
      characters: { text: text.length, summary: summary.length },
    }
  },
}

type Picked = { position: number; score: number }

/** SumBasic (Nenkova and Vanderwende, 2005): the likeliest words choose, and each choice makes its words rarer. */
async function pick(sentences: Sentence[], wanted: number, signal: AbortSignal): Promise<Picked[]> {
  const words = sentences.map(contentWords)
  const likelihood = likelihoods(words)
  const open = new Set(eligible(words))
  const picked: Picked[] = []
  const turn = shareTurns(signal)
  while (picked.length < wanted && open.size > 0) {
    let best: Picked = { position: -1, score: -1 }
    for (const position of open) {
      const score = average(words[position] ?? [], likelihood)
      if (score > best.score) best = { position, score }
    }
    open.delete(best.position)
    picked.push({ position: best.position, score: Math.round(best.score * 1e5) / 1e5 })
    for (const word of new Set(words[best.position])) likelihood.set(word, (likelihood.get(word) ?? 0) ** 2)
    await turn()
  }
  return picked.sort((a, b) => a.position - b.position)
}

function contentWords({ tokens }: Sentence): string[] {
  return tokens.filter((token) => CONTENT.has(token.pos) && !token.isStopWord).map((token) => token.lemma)
}

/** All sentences where none is long enough. */
function eligible(words: string[][]): number[] {
  const all = words.map((_, position) => position)
  const long = all.filter((position) => (words[position]?.length ?? 0) >= FEWEST_CONTENT_WORDS)
  return long.length > 0 ? long : all
}

function likelihoods(words: string[][]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const word of words.flat()) counts.set(word, (counts.get(word) ?? 0) + 1)
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return new Map([...counts].map(([word, count]) => [word, count / total]))
}

function average(words: string[], likelihood: Map<string, number>): number {
  const sum = words.reduce((total, word) => total + (likelihood.get(word) ?? 0), 0)
  return words.length === 0 ? 0 : sum / words.length
}
