import type { ModelAdapterName } from '../../tools/tool'
import type { ModelAdapter } from '../adapter'
import { openaiAdapter } from './openai'

/** The ways to call a model, by the name that an upstream is saved with. */
export const modelAdapters: Partial<Record<ModelAdapterName, ModelAdapter>> = { openai: openaiAdapter }
