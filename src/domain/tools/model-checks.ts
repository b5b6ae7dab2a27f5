import type { ProblemDetail } from '../../platform/kernel/problem'
import { addressPolicy, checkEndpoint } from '../../platform/outbound/address-guard'
import { originOf } from '../../platform/outbound/seal'
import { runtime } from '../../platform/runtime/runtime'
import { MAIN } from './model-row'
import { isModelAdapter } from './tool'

type Data = Record<string, unknown>
type UpstreamData = { name?: unknown; adapter?: unknown; endpoint?: unknown; model?: unknown }

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/

/** What is wrong with how a model is set up; each fault names its field. */
export function checkModel(data: Data): ProblemDetail[] {
  const faults: ProblemDetail[] = []
  if (!data.model) faults.push({ field: 'model', message: "The model's name at the provider is required" })
  faults.push(...checkAddress(data.adapter, data.endpoint, 'endpoint'))
  const [byDefault, most] = [data.defaultOutputTokens, data.maxOutputTokens].map(Number)
  if (data.defaultOutputTokens && data.maxOutputTokens && Number(byDefault) > Number(most)) {
    faults.push({ field: 'defaultOutputTokens', message: 'May not be more than maxOutputTokens' })
  }
  const upstreams = upstreamsOf(data)
  upstreams.forEach((upstream, at) => {
    faults.push(...checkUpstream(upstream, at, upstreams))
  })
  return faults
}

/** The further upstreams of a document. */
export function upstreamsOf(data: Data): UpstreamData[] {
  return Array.isArray(data.upstreams) ? (data.upstreams as UpstreamData[]) : []
}

function checkUpstream(upstream: UpstreamData, at: number, all: UpstreamData[]): ProblemDetail[] {
  const field = (name: string) => `upstreams.${at}.${name}`
  const { name } = upstream
  const faults = checkAddress(upstream.adapter, upstream.endpoint, field('endpoint'))
  if (typeof name !== 'string' || !NAME.test(name) || name === MAIN) {
    faults.push({ field: field('name'), message: `Small letters, digits and hyphens, and not "${MAIN}"` })
  }
  if (all.findIndex((one) => one.name === name) !== at) {
    faults.push({ field: field('name'), message: 'Two upstreams have this name' })
  }
  return faults
}

/** An OpenAI-compatible server is somewhere; the others have an address of their own, which may be replaced. */
function checkAddress(adapter: unknown, endpoint: unknown, field: string): ProblemDetail[] {
  if (!endpoint) {
    return adapter === 'openai'
      ? [{ field, message: "The server's base address is required: https://api.openai.com/v1" }]
      : []
  }
  const fault = checkEndpoint(String(endpoint), addressPolicy(runtime().config))
  return fault ? [{ field, message: fault }] : []
}

/** What a secret belongs to: it is removed when this changes, so that it is never sent to anybody else. */
export function destinationOf(adapter: unknown, endpoint: unknown): string | null {
  const origin = originOf(endpoint)
  return isModelAdapter(adapter) ? `${adapter} ${origin}` : origin
}
