import type { LanguageModelV3Message, LanguageModelV3Prompt } from '@ai-sdk/provider'
import { Untranslatable } from './translate-error'

type ToolMessage = Extract<LanguageModelV3Message, { role: 'tool' }>

/**
 * A prompt as Anthropic takes it: without texts that are empty or blank (it refuses the whole request for one), and with
 * ids of calls in its letters. A message of which nothing is left is left out; a tool may give an empty result.
 */
export function forAnthropic(prompt: LanguageModelV3Prompt): LanguageModelV3Prompt {
  const mended = prompt.map(withoutBlanks).filter((message) => message !== null)
  if (mended.every(({ role }) => role === 'system'))
    throw new Untranslatable('messages: this model needs a message whose text is not empty')
  return mended
}

function withoutBlanks(message: LanguageModelV3Message): LanguageModelV3Message | null {
  switch (message.role) {
    case 'system':
      return message.content.trim() === '' ? null : message
    case 'user': {
      const content = message.content.filter((part) => part.type !== 'text' || part.text.trim() !== '')
      return content.length === 0 ? null : { ...message, content }
    }
    case 'assistant': {
      const content = message.content
        .filter((part) => (part.type !== 'text' && part.type !== 'reasoning') || part.text.trim() !== '')
        .map((part) =>
          part.type === 'tool-call' ? { ...part, toolCallId: inLetters(part.toolCallId) } : part,
        )
      return content.length === 0 ? null : { ...message, content }
    }
    case 'tool':
      return { ...message, content: message.content.map(resultOf) }
  }
}

function resultOf(part: ToolMessage['content'][number]): ToolMessage['content'][number] {
  if (part.type !== 'tool-result') return part
  const isBlank = part.output.type === 'text' && part.output.value.trim() === ''
  const output = isBlank ? { type: 'content' as const, value: [] } : part.output
  return { ...part, toolCallId: inLetters(part.toolCallId), output }
}

const inLetters = (id: string) => id.replace(/[^\w-]/g, '_')
