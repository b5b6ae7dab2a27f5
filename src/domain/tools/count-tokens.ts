import { countTokens as countO200k } from 'gpt-tokenizer/encoding/o200k_base'
import { perProcess } from '../../platform/kernel/process'
import { textSlices } from './text-slices'
import { shareTurns } from './turns'

/** The supported encodings. Metering uses the first one. */
export const ENCODINGS = ['o200k_base', 'o200k_harmony', 'cl100k_base', 'p50k_base', 'r50k_base'] as const

export type Encoding = (typeof ENCODINGS)[number]

type Count = (text: string, options: { disallowedSpecial: Set<string> }) => number

/** The name of a special token counts as normal text; by default the library would throw. */
const PLAIN = { disallowedSpecial: new Set<string>() }

/** A longer text is estimated for a hold, because counting it synchronously could take over 10 ms. */
const COUNTED_AT_ONCE = 16 * 1_024
const SAMPLES = 16
const SAMPLE = 1_000

/**
 * The tokens of a text, counted by a real tokenizer. It takes 0.1 ms per 1,000 characters of prose and yields
 * to other work every 5 ms. Throws the signal's reason when the signal aborts.
 */
export async function countTokens(
  text: string,
  encoding: Encoding = 'o200k_base',
  signal?: AbortSignal,
): Promise<number> {
  const count = await counterOf(encoding)
  const turn = shareTurns(signal)
  let tokens = 0
  for (const slice of textSlices(text)) {
    tokens += count(slice, PLAIN)
    await turn()
  }
  return tokens
}

/**
 * The tokens of a text, synchronously: counted up to 16,384 characters; above that, estimated from 16 samples plus 10 %.
 * For holds, which need not be exact; a charge is always counted. Each sample is at a random position within its sixteenth:
 * known positions could be filled with text of few tokens.
 */
export function estimateTokens(text: string): number {
  if (text.length <= COUNTED_AT_ONCE) return countNow(text)
  const stretch = text.length / SAMPLES
  const samples = Array.from({ length: SAMPLES }, (_, index) => {
    const at = Math.floor(index * stretch + Math.random() * (stretch - SAMPLE))
    return text.slice(at, at + SAMPLE)
  })
  const sampled = samples.reduce((sum, sample) => sum + countNow(sample), 0)
  return Math.ceil((sampled / (SAMPLES * SAMPLE)) * text.length * 1.1)
}

function countNow(text: string): number {
  let tokens = 0
  for (const slice of textSlices(text)) tokens += countO200k(slice, PLAIN)
  return tokens
}

/** The other encodings have megabytes each, and are loaded on first use. */
const loaders: Record<Encoding, () => Promise<{ countTokens: Count }>> = {
  o200k_base: async () => ({ countTokens: countO200k }),
  o200k_harmony: () => import('gpt-tokenizer/encoding/o200k_harmony'),
  cl100k_base: () => import('gpt-tokenizer/encoding/cl100k_base'),
  p50k_base: () => import('gpt-tokenizer/encoding/p50k_base'),
  r50k_base: () => import('gpt-tokenizer/encoding/r50k_base'),
}

async function counterOf(encoding: Encoding): Promise<Count> {
  if (encoding === 'o200k_base') return countO200k
  const loaded = perProcess('tools.encodings', () => new Map<Encoding, Promise<{ countTokens: Count }>>())
  const loading = loaded.get(encoding) ?? loaders[encoding]()
  loaded.set(encoding, loading)
  return (await loading).countTokens
}
