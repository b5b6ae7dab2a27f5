import { setTimeout as sleep } from 'node:timers/promises'
import type { OwnHub } from '../../tests/support/own-hub'
import { until } from '../../tests/support/until'
import { type Finding, Probes, type Row } from '../row'
import { askOpenAi, chatStream, leaveAt, settledCalls } from '../stage/models'
import { type Caller, newCaller, newModel } from '../stage/people'
import type { Script, Scripted } from '../stage/scripted'

const USAGE = {
  prompt_tokens: 20,
  completion_tokens: 900,
  total_tokens: 920,
  completion_tokens_details: { reasoning_tokens: 890 },
}

/** A caller who leaves a stream pays for what the model thought until then. */
export const hiddenReasoning: Row = {
  number: 'A10',
  title: 'A cut stream hides reasoning',
  tried: 'leaving a stream just before its usage arrives, and while the model still thinks',
  run: async (stage) => {
    const own = await stage.hub('development')
    const caller = await newCaller(own)
    const place = { own, caller, upstream: stage.upstream }
    const probes = new Probes()
    await probes.play('a stream that is read to its end', () => whole(place))
    for (const [what, path] of [
      ['a chat', '/v1/chat/completions'],
      ['a response', '/v1/responses'],
      ['an invocation', '/api/v1/tools/{tool}/invoke'],
    ] as const)
      await probes.play(`leaving ${what} after its last word, before the usage`, () =>
        leaveBeforeUsage(place, path),
      )
    await probes.play('leaving a chat whose usage never comes', () => usageNeverComes(place))
    await probes.play('leaving while a model thinks that thought before', () => leaveWhileThinking(place))
    await probes.play('leaving a model that never thinks', () => leaveWithoutReasoning(place))
    return probes.list
  },
}

/** It does not keep the process alive: some scripts pause for longer than anybody waits for them. */
const pause = (ms: number) => sleep(ms, undefined, { ref: false })

type Place = { own: OwnHub; caller: Caller; upstream: Scripted }

const messages = [{ role: 'user', content: 'Think.' }]
const bodyOf = (path: string, slug: string) =>
  path.endsWith('/responses')
    ? { model: slug, input: 'Think.', stream: true }
    : path.endsWith('/invoke')
      ? { input: { messages } }
      : { model: slug, messages, stream: true }

/** Thinks for a while, says a word, ends, and reports a moment later. */
const thinking =
  (thinkMs: number, reportAfterMs: number | null): Script =>
  async (response) => {
    const stream = chatStream(response)
    stream.piece({ role: 'assistant', content: '' })
    await pause(thinkMs)
    stream.piece({ content: 'Lastword' })
    stream.piece({}, 'stop')
    if (reportAfterMs === null) return
    await pause(reportAfterMs)
    stream.usage(USAGE)
    stream.end()
  }

async function whole({ own, caller, upstream }: Place): Promise<Finding> {
  const tool = await newModel(own, upstream.on('thinks-whole', thinking(10, 10)))
  await askOpenAi(own, '/chat/completions', caller.key, { model: tool.slug, messages, stream: true })
  const [row] = await settledCalls(own, tool)
  return { held: row?.tokens === 920, seen: `${row?.tokens} tokens were charged (${row?.source})` }
}

async function leaveBeforeUsage({ own, caller, upstream }: Place, path: string): Promise<Finding> {
  const tool = await newModel(own, upstream.on('thinks', thinking(10, 500)))
  await leaveAt(own, path.replace('{tool}', tool.slug), caller.key, bodyOf(path, tool.slug), 'Lastword', 150)
  const [row] = await settledCalls(own, tool)
  return { held: row?.tokens === 920, seen: `${row?.tokens} tokens were charged (${row?.source}), of 920` }
}

/** It is not waited for without an end: two seconds, and what a busy machine adds. */
async function usageNeverComes({ own, caller, upstream }: Place): Promise<Finding> {
  let isLeft = false
  const base = upstream.on('never-reports', async (response, received) => {
    response.once('close', () => {
      isLeft = true
    })
    await thinking(10, null)(response, received)
  })
  const tool = await newModel(own, base)
  await leaveAt(own, '/v1/chat/completions', caller.key, bodyOf('', tool.slug), 'Lastword', 100)
  const began = performance.now()
  await until('the end of the stream', () => isLeft, 10_000)
  const waited = performance.now() - began
  const [row] = await settledCalls(own, tool)
  const seen = `the upstream was left after ${Math.round(waited)} ms; ${row?.tokens} tokens (${row?.source})`
  return { held: waited < 6_000 && (row?.tokens ?? 0) > 0, seen }
}

/** Some calls teach what a second of thinking is worth; then the caller leaves after a second of it. */
async function leaveWhileThinking({ own, caller, upstream }: Place): Promise<Finding> {
  let isSlow = false
  let leftAt = 0
  const base = upstream.on('thinks-long', async (response, received) => {
    response.once('close', () => {
      leftAt = performance.now()
    })
    await thinking(isSlow ? 20_000 : 300, 10)(response, received)
  })
  const tool = await newModel(own, base)
  const ask = { model: tool.slug, messages, stream: true }
  for (let call = 0; call < 6; call += 1) await askOpenAi(own, '/chat/completions', caller.key, ask)
  await settledCalls(own, tool, 6)
  isSlow = true
  leftAt = 0
  await leaveAt(own, '/v1/chat/completions', caller.key, ask, 'assistant', 1_000)
  const goneAt = performance.now()
  await until('the end of the stream upstream', () => leftAt > 0, 10_000)
  const row = (await settledCalls(own, tool, 7)).at(-1)
  const seen = `${row?.tokens} tokens were charged (${row?.source}), and the upstream was left after ${Math.round(leftAt - goneAt)} ms`
  const isWeighed = row?.source === 'estimated' && row.tokens >= 200 && row.tokens <= 3_000
  return { held: isWeighed && leftAt - goneAt < 1_500, seen }
}

/** Nobody pays for thinking where there was none. */
async function leaveWithoutReasoning({ own, caller, upstream }: Place): Promise<Finding> {
  let isSlow = false
  const base = upstream.on('no-thoughts', async (response) => {
    const stream = chatStream(response)
    stream.piece({ role: 'assistant', content: '' })
    if (isSlow) await pause(20_000)
    stream.piece({ content: 'Word' })
    stream.piece({}, 'stop')
    stream.usage({ prompt_tokens: 20, completion_tokens: 1, total_tokens: 21 })
    stream.end()
  })
  const tool = await newModel(own, base)
  const ask = { model: tool.slug, messages, stream: true }
  for (let call = 0; call < 3; call += 1) await askOpenAi(own, '/chat/completions', caller.key, ask)
  isSlow = true
  await leaveAt(own, '/v1/chat/completions', caller.key, ask, 'assistant', 300)
  const row = (await settledCalls(own, tool, 4)).at(-1)
  return { held: (row?.tokens ?? 1_000) < 50, seen: `${row?.tokens} tokens were charged (${row?.source})` }
}
