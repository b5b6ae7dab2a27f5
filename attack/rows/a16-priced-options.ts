import type { OwnHub, Reply } from '../../tests/support/own-hub'
import { Probes, type Row } from '../row'
import { askOpenAi, reporting } from '../stage/models'
import { type Caller, invoke, newCaller, newModel, shown, type Tool } from '../stage/people'

/** Options that cost more at the provider are refused by name, unless the tool opens them; all others pass. */
export const pricedOptions: Row = {
  number: 'A16',
  title: 'Options that cost more at the provider go through unweighed',
  tried: 'options with a price, through each interface, and options without one',
  run: async (stage) => {
    const own = await stage.hub('development')
    const probes = new Probes()
    const caller = await newCaller(own)
    const script = reporting({ prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 })
    const base = stage.upstream.on('options', script)
    const place = { own, caller, tool: await newModel(own, base) }
    const sentLast = () => stage.upstream.received.at(-1)?.text ?? ''
    for (const [name, value] of Object.entries(priced))
      for (const [what, ask] of Object.entries(interfaces)) {
        if (what === 'a response' && notOfResponses.has(name)) continue
        await probes.play(`${name}, through ${what}`, async () => {
          const answer = await ask(place, { [name]: value })
          const isNamed = answer.status === 400 && answer.text.includes(name)
          const isSent = answer.status === 200 && sentLast().includes(`"${name}"`)
          return { held: isNamed, seen: `${shown(answer)}${isSent ? '; it was sent to the provider' : ''}` }
        })
      }
    for (const [name, value] of Object.entries(free))
      await probes.play(`${name} passes`, async () => {
        const answer = await interfaces['a chat']?.(place, { [name]: value })
        const isSent = sentLast().includes(`"${name}"`)
        return {
          held: answer?.status === 200 && isSent,
          seen: `${answer?.status}, ${isSent ? 'sent' : 'not sent'}`,
        }
      })
    return probes.list
  },
}

const priced: Record<string, unknown> = {
  service_tier: 'priority',
  web_search_options: { search_context_size: 'high' },
  plugins: [{ id: 'web' }],
  provider: { order: ['the-dearest'] },
  best_of: 20,
}

/** What /v1/responses does not have, and may leave out without a word. */
const notOfResponses = new Set(['web_search_options', 'plugins', 'provider', 'best_of'])

const free: Record<string, unknown> = {
  temperature: 0.5,
  top_p: 0.9,
  seed: 7,
  presence_penalty: 0.1,
  x_unknown_option: { a: 1 },
}

type Place = { own: OwnHub; caller: Caller; tool: Tool }

const messages = [{ role: 'user', content: 'Hi' }]

const interfaces: Record<string, (place: Place, option: object) => Promise<Reply>> = {
  'a chat': ({ own, caller, tool }, option) =>
    askOpenAi(own, '/chat/completions', caller.key, { model: tool.slug, messages, ...option }),
  'a chat as a stream': ({ own, caller, tool }, option) =>
    askOpenAi(own, '/chat/completions', caller.key, { model: tool.slug, messages, stream: true, ...option }),
  'a response': ({ own, caller, tool }, option) =>
    askOpenAi(own, '/responses', caller.key, { model: tool.slug, input: 'Hi', ...option }),
  'an invocation': ({ own, caller, tool }, option) => invoke(own, tool, caller, { messages, ...option }),
}
