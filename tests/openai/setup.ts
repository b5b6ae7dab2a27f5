import OpenAI from 'openai'
import { someAddress } from '../support/client'
import { hubUrl } from '../support/run'

/** What every client is set up with: the hub's address in the place of OpenAI's, and a key of the hub's. */
export const clientOptions = (apiKey: string) => ({
  apiKey,
  baseURL: `${hubUrl()}/v1`,
  defaultHeaders: { 'x-forwarded-for': someAddress() },
})

/** OpenAI's own client, unmodified. */
export const newOpenAi = (apiKey: string, more: { maxRetries?: number; fetch?: typeof fetch } = {}) =>
  new OpenAI({ ...clientOptions(apiKey), ...more })

export const messages = [{ role: 'user' as const, content: 'Say something.' }]

/** The weather of a city, as a function that models may call. */
export const parameters = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const } },
  required: ['city'],
  additionalProperties: false,
}

/** A `fetch` that counts how often a client calls. */
export function countingFetch(): { fetch: typeof fetch; calls: () => number } {
  let calls = 0
  return {
    fetch: (...given) => {
      calls += 1
      return fetch(...given)
    },
    calls: () => calls,
  }
}
