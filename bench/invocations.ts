import { ledgerCheck } from '../src/domain/usage/ledger-check'
import { type Child, runLoad } from './children'
import { INVOCATION, type ToolTime } from './hub-content'
import { type Job, type Outcome, rawRequest } from './load-job'
import type { Stage } from './stage'
import { cpuSeconds, forgetPeak, peakMemory, serverCpuSeconds } from './usage-of-machine'

/** Who is asked to call the tool: the tool itself, the bare proxy, or the hub. */
export const VARIANTS = ['direct', 'bare', 'hub'] as const
export type Variant = (typeof VARIANTS)[number]

/** `keys` 'spread': each caller has one of 200 keys; 'one': all have the same. */
export type Scenario = { connections: number; keys: 'spread' | 'one'; tool: ToolTime }

export type Measured = Outcome & {
  perSecond: number
  /** Microseconds of CPU for each answered call, of the variant's own process and of PostgreSQL. */
  nodeCpu: number
  postgresCpu: number
  /** The most memory of the variant's process in this run, in MB. */
  memory: number
}

type Span = Pick<Job, 'mode' | 'warmUpMs' | 'durationMs'>

/**
 * Runs one scenario through one variant. After a run through the hub its ledger must add up, and nothing may be
 * held any more. Throws when it does not.
 */
export async function measure(
  stage: Stage,
  variant: Variant,
  scenario: Scenario,
  span: Span,
): Promise<Measured> {
  const { process: child, requests } = requestsOf(stage, variant, scenario)
  await forgetPeak(child.pid)
  const before = await cpuOf(stage, child)
  const startedAt = performance.now()
  const job: Job = { url: child.url, connections: scenario.connections, requests, ...span }
  const outcome = await runLoad(stage.load, job)
  const wall = (performance.now() - startedAt) / 1_000
  const after = await cpuOf(stage, child)
  const memory = await peakMemory(child.pid)
  if (variant === 'hub' && !stage.isOtherCode) await requireLedger(stage)
  // CPU is of the whole run, warm-up and end included, as are the calls that it is divided by.
  const perSecond = outcome.answered / outcome.seconds
  const calls = span.mode === 'once' ? outcome.answered : perSecond * wall
  const microseconds = (from: number, to: number) => ((to - from) / calls) * 1e6
  return {
    ...outcome,
    perSecond,
    memory,
    nodeCpu: microseconds(before.node, after.node),
    postgresCpu: microseconds(before.postgres, after.postgres),
  }
}

function requestsOf(stage: Stage, variant: Variant, { keys, tool }: Scenario) {
  const processes = { direct: stage.tool, bare: stage.bare, hub: stage.hub }
  const senders = keys === 'one' ? stage.keys.slice(0, 1) : stage.keys
  return { process: processes[variant], requests: invocationRequests(variant, senders, tool) }
}

/** The requests that call a tool, one for each key. */
export function invocationRequests(variant: Variant, keys: string[], tool: ToolTime): string[] {
  const path = variant === 'hub' ? `/api/v1/tools/takes-${tool}/invoke` : `/${tool}`
  // The tool is sent what it gets from a proxy.
  const body = variant === 'direct' ? INVOCATION.input : INVOCATION
  return keys.map((token) => rawRequest('POST', path, { token, body }))
}

async function cpuOf(stage: Stage, child: Child): Promise<{ node: number; postgres: number }> {
  const [node, postgres] = await Promise.all([cpuSeconds(child.pid), serverCpuSeconds(stage.postmaster)])
  return { node, postgres }
}

/** The ledger equals its rows, figure by figure, and no token or call is held. */
export async function requireLedger({ hubPool }: Stage): Promise<void> {
  const drift = await ledgerCheck(hubPool)
  if (drift.length > 0) throw new Error(`The ledger has drifted: ${JSON.stringify(drift.slice(0, 5))}`)
  const { rows } = await hubPool.query<{ held: string; flying: string; pending: string }>(OPEN)
  const open = rows[0]
  if (open?.held !== '0' || open.flying !== '0' || open.pending !== '0')
    throw new Error(`After the run something is still held: ${JSON.stringify(open)}`)
}

const OPEN = `
  select (select sum(tokens_held)::bigint from subscriptions) as held,
    (select sum(calls_in_flight)::bigint from subscriptions) as flying,
    (select count(*) from usage_logs where status = 'pending') as pending`
