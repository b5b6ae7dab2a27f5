import type { ModelAdapterName } from '../../tools/tool'
import type { ModelAdapter } from '../adapter'
import { anthropicAdapter } from './anthropic'
import { googleAdapter } from './google'
import { openaiAdapter } from './openai'

/** The ways to call a model, by the name that an upstream is saved with. */
export const modelAdapters: Record<ModelAdapterName, ModelAdapter> = {
  openai: openaiAdapter,
  anthropic: anthropicAdapter,
  google: googleAdapter,
}
