import type { OwnHub } from '../../tests/support/own-hub'
import { until } from '../../tests/support/until'
import { type Finding, Probes, type Row } from '../row'
import { askOpenAi, reporting, settledCalls } from '../stage/models'
import { type Caller, invoke, must, newCaller, newModel, newTool, type Tool } from '../stage/people'
import { type Scripted, sendJson } from '../stage/scripted'

const HUGE = 1_000_000_000
const LIMIT = 5_000_000_000
/** What a small request may cost: 2,000 tokens of output, as much reasoning, its bytes, and 2,000. */
const MOST_CHARGED = 8_000

/** What a call is charged stays within what was sent, what was allowed, and what the tool's maximum says. */
export const hugeReports: Row = {
  number: 'A9',
  title: 'Reports beyond every cap are charged',
  tried: 'models and tools that report a thousand million tokens for a small call',
  run: async (stage) => {
    const own = await stage.hub('development')
    const probes = new Probes()
    const caller = await newCaller(own, LIMIT)
    const place = { own, caller, upstream: stage.upstream }
    const alerting = await causeAlert(place)
    for (const [what, report] of Object.entries(reports))
      for (const stream of [false, true])
        await probes.play(`a model that reports ${what}${stream ? ', as a stream' : ''}`, async () => {
          await afresh(place)
          const tool = await newModel(
            own,
            stage.upstream.on(`huge-${what.replaceAll(' ', '-')}`, reporting(report)),
          )
          await answered(own, '/chat/completions', caller.key, { model: tool.slug, messages, stream })
          return charged(own, tool, MOST_CHARGED)
        })
    for (const [what, probe] of Object.entries(others))
      await probes.play(what, () => afresh(place).then(() => probe(place)))
    await probes.play('an alert has both figures', () => isAlerted(own, alerting))
    return probes.list
  },
}

type Place = { own: OwnHub; caller: Caller; upstream: Scripted }

const messages = [{ role: 'user', content: 'Hi' }]
const BOTH = { prompt_tokens: HUGE, completion_tokens: HUGE, total_tokens: 2 * HUGE }

const reports = {
  'both counts': BOTH,
  'its input': { prompt_tokens: HUGE, completion_tokens: 1, total_tokens: HUGE + 1 },
  'its output': { prompt_tokens: 3, completion_tokens: HUGE, total_tokens: HUGE + 3 },
  'its reasoning': {
    prompt_tokens: 3,
    completion_tokens: HUGE,
    total_tokens: HUGE + 3,
    completion_tokens_details: { reasoning_tokens: HUGE },
  },
}

const others: Record<string, (place: Place) => Promise<Finding>> = {
  "the caller's own maximum is the bound": async ({ own, caller, upstream }) => {
    const tool = await newModel(own, upstream.on('own-maximum', reporting(reports['its output'])))
    await answered(own, '/chat/completions', caller.key, { model: tool.slug, messages, max_tokens: 10 })
    return charged(own, tool, 3 + 20)
  },
  'a response': async ({ own, caller, upstream }) => {
    const tool = await newModel(own, upstream.on('huge-response', reporting(BOTH)))
    await answered(own, '/responses', caller.key, { model: tool.slug, input: 'Hi' })
    return charged(own, tool, MOST_CHARGED)
  },
  'a response of a server that speaks it itself': async ({ own, caller, upstream }) => {
    const usage = { input_tokens: HUGE, output_tokens: HUGE, total_tokens: 2 * HUGE }
    const content = [{ type: 'output_text', text: 'Hi', annotations: [] }]
    const output = [{ id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content }]
    const whole = { id: 'resp_1', object: 'response', status: 'completed', model: 'm', output, usage }
    const base = upstream.on('native', (response) => sendJson(response, whole))
    const tool = await newModel(own, base, { model: { speaks_responses: true } })
    await answered(own, '/responses', caller.key, { model: tool.slug, input: 'Hi' })
    return charged(own, tool, MOST_CHARGED)
  },
  embeddings: async ({ own, caller, upstream }) => {
    const base = upstream.on('huge-embeddings', reporting({ prompt_tokens: HUGE, total_tokens: HUGE }))
    const tool = await newModel(own, base, { model: { kind: 'embeddings' } })
    await answered(own, '/embeddings', caller.key, { model: tool.slug, input: 'Hi' })
    return charged(own, tool, MOST_CHARGED)
  },
  'an invocation of a model': async ({ own, caller, upstream }) => {
    const tool = await newModel(own, upstream.on('huge-invocation', reporting(BOTH)))
    await invoked(own, tool, caller, { prompt: 'Hi' })
    return charged(own, tool, MOST_CHARGED)
  },
  'weights of the tool count within the bound': async ({ own, caller, upstream }) => {
    const weights = { input: 100, output: 1_000, reasoning: 1_000 }
    const tool = await newModel(own, upstream.on('huge-weighed', reporting(BOTH)), { model: { weights } })
    await answered(own, '/chat/completions', caller.key, { model: tool.slug, messages, max_tokens: 10 })
    return charged(own, tool, 3_000)
  },
  Anthropic: async ({ own, caller, upstream }) => {
    const content = [{ type: 'text', text: 'Hi' }]
    const usage = { input_tokens: HUGE, output_tokens: HUGE, cache_read_input_tokens: HUGE }
    const about = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', stop_reason: 'end_turn' }
    const base = upstream.on('huge-anthropic', (response) => sendJson(response, { ...about, content, usage }))
    const tool = await newModel(own, base, { adapter: 'anthropic' })
    await answered(own, '/chat/completions', caller.key, { model: tool.slug, messages })
    return charged(own, tool, MOST_CHARGED)
  },
  Google: async ({ own, caller, upstream }) => {
    const parts = [{ text: 'Hi' }]
    const candidates = [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0 }]
    const usageMetadata = { promptTokenCount: HUGE, candidatesTokenCount: HUGE, thoughtsTokenCount: HUGE }
    const base = upstream.on('huge-google', (response) => sendJson(response, { candidates, usageMetadata }))
    const tool = await newModel(own, base, { adapter: 'google' })
    await answered(own, '/chat/completions', caller.key, { model: tool.slug, messages })
    return charged(own, tool, MOST_CHARGED)
  },
  'an http tool with a maximum of 100': async ({ own, caller, upstream }) => {
    const tool = await reportingTool(own, upstream, { max_tokens: 100 })
    await invoked(own, tool, caller, { text: 'Hi' })
    return charged(own, tool, 100)
  },
  "an http tool without one, beyond the plan's whole limit": async ({ own, upstream }) => {
    const poor = await newCaller(own, 10_000)
    const tool = await reportingTool(own, upstream)
    await invoked(own, tool, poor, { text: 'Hi' })
    return charged(own, tool, 1_000)
  },
}

function reportingTool(own: OwnHub, upstream: Scripted, more: object = {}): Promise<Tool> {
  const base = upstream.on('reporting-tool', (response) =>
    sendJson(response, { text: 'done', usage: { total_tokens: HUGE } }),
  )
  return newTool(own, base, { ...more })
}

const answered: typeof askOpenAi = async (...sent) => must('the call', await askOpenAi(...sent), 200)
const invoked: typeof invoke = async (...sent) => must('the call', await invoke(...sent), 200)

async function charged(own: OwnHub, tool: Tool, most: number): Promise<Finding> {
  const [row] = await settledCalls(own, tool)
  const tokens = row?.tokens ?? Number.NaN
  const seen = `${tokens.toLocaleString('en')} tokens were charged (${row?.status}, ${row?.source}); the bound is ${most}`
  return { held: row?.status === 'success' && tokens > 0 && tokens <= most, seen }
}

/** What was charged before is taken back, so that a hub without the mend has room for the next probe. */
async function afresh({ own, caller }: Pick<Place, 'own' | 'caller'>): Promise<void> {
  await own.database.pool.query('update subscriptions set tokens_used = 0 where user_id = $1', [caller.id])
}

/** A call of which an alert has to tell; the hub looks for what to tell from time to time. */
async function causeAlert({ own, caller, upstream }: Place): Promise<Tool> {
  const tool = await reportingTool(own, upstream, { max_tokens: 77 })
  await invoked(own, tool, caller, { text: 'Hi' })
  return tool
}

/** An alert about this tool that names what was reported and what was charged instead. */
async function isAlerted(own: OwnHub, tool: Tool): Promise<Finding> {
  const look = async () => {
    const { rows } = await own.database.pool.query<{ text: string }>(
      'select row_to_json(alerts)::text as text from alerts where tool_id = $1',
      [tool.id],
    )
    return rows.find(({ text }) => text.replaceAll(',', '').includes(String(HUGE)) && /\b77\b/.test(text))
  }
  const alert = await until('an alert', look, 30_000).catch(() => null)
  return { held: alert !== null, seen: alert ? (alert?.text ?? '') : 'no alert within 30 s' }
}
