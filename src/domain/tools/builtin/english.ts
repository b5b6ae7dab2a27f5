import type { Document, ItemSentence, ItemToken, ItsHelpers, WinkMethods } from 'wink-nlp'
import { perProcess } from '../../../platform/kernel/process'
import { shareTurns } from '../turns'

/** The reader's time grows faster than its text, on some nonsense by far: it gets short pieces of short words. */
const PIECE = 4_000
const LONGEST_WORD = 150

export type Sentence = { text: string; tokens: Token[] }
export type Token = { text: string; lower: string; lemma: string; pos: string; isStopWord: boolean }

type Reader = { read: (text: string) => Document; its: ItsHelpers }

/**
 * Reads English: its sentences with their words, lemmas and parts of speech. Line breaks inside a paragraph
 * are spaces; a word of over 150 characters is broken. 100,000 characters take about 150 ms, in turns.
 */
export async function readEnglish(text: string, signal: AbortSignal): Promise<Sentence[]> {
  const reader = await reading()
  const turn = shareTurns(signal)
  const sentences: Sentence[] = []
  for (const paragraph of text.split(/\n\s*\n/)) {
    for (const piece of piecesOf(paragraph)) {
      sentences.push(...sentencesOf(reader, piece))
      await turn()
    }
  }
  return sentences
}

function sentencesOf({ read, its }: Reader, piece: string): Sentence[] {
  const sentences: Sentence[] = []
  read(piece)
    .sentences()
    .each((sentence: ItemSentence) => {
      const tokens: Token[] = []
      sentence.tokens().each((token: ItemToken) => {
        tokens.push({
          text: token.out(),
          lower: token.out(its.normal) as string,
          // The library's own type for this one leaves out an argument.
          lemma: token.out(its.lemma as typeof its.normal) as string,
          pos: token.out(its.pos) as string,
          isStopWord: token.out(its.stopWordFlag) as boolean,
        })
      })
      sentences.push({ text: sentence.out(), tokens })
    })
  return sentences
}

/** Pieces of up to 4,000 characters, cut after a sentence if possible, otherwise between two words. */
function* piecesOf(paragraph: string): Generator<string> {
  const text = paragraph
    .replace(/\s+/g, ' ')
    .trim()
    .replace(new RegExp(`\\S{${LONGEST_WORD}}`, 'g'), '$& ')
  for (let start = 0; start < text.length; ) {
    const end = start + PIECE >= text.length ? text.length : cutAt(text.slice(start, start + PIECE)) + start
    yield text.slice(start, end).trim()
    start = end
  }
}

function cutAt(window: string): number {
  const sentenceEnd = Math.max(...['. ', '! ', '? '].map((sign) => window.lastIndexOf(sign))) + 2
  return sentenceEnd > PIECE / 2 ? sentenceEnd : window.lastIndexOf(' ') + 1 || window.length
}

/** The reader and its model, about 10 MB, are loaded on first use. */
function reading(): Promise<Reader> {
  return perProcess('tools.english', async () => {
    const [{ default: winkNlp }, { default: model }] = await Promise.all([
      import('wink-nlp'),
      import('wink-eng-lite-web-model'),
    ])
    const nlp: WinkMethods = winkNlp(model, ['sbd', 'pos'])
    return { read: (text: string) => nlp.readDoc(text), its: nlp.its }
  })
}
