import type { Model } from '../tools/tool'

type Schema = Record<string, unknown>

const messages = {
  type: 'array',
  description: 'A conversation instead of, or before, the prompt.',
  items: { type: 'object', properties: { role: { type: 'string' }, content: {} }, required: ['role'] },
}

/** What a model takes where its tool has no input schema: `prepareCall` says the same. Null where a template decides. */
export function modelInputSchema({ kind, promptTemplate }: Model): Schema | null {
  if (kind === 'embeddings') {
    const input = { type: ['string', 'array'], items: { type: 'string' }, description: 'A text, or texts.' }
    return { type: 'object', properties: { input }, required: ['input'] }
  }
  if (promptTemplate !== null) return null
  const prompt = { type: 'string', description: 'What the model is asked. Needed unless there are messages.' }
  return { type: 'object', properties: { prompt, messages } }
}
