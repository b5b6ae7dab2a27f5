import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import type { HttpCase, McpCase, ToolCase } from './case'
import { toPlainJson } from './json-text'
import { isLong, isObject, type ObjectValue, SECRET, type Value } from './json-value'
import type { Booked } from './reference'
import type { MeteringName, Report } from './tool-answer'

/** What a caller learns of a call of a tool that is no model. */
export type ToolTold = {
  isWhole: boolean
  output: Value | null
  /** By `/mcp`, where they say more than the output does. */
  blocks: Value | null
  /** What the tool said of its error. */
  said: string | null
}

/** What every tool has that is metered at a fixed price, and the most of one that has a maximum. */
export const FIXED_TOKENS = 25
export const MOST_TOKENS = 500
/** No report above this is believed. */
const MOST_REPORTED = 1_000_000_000

const failed = (said: string | null): ToolTold => ({ isWhole: false, output: null, blocks: null, said })

/** A value without the secret, in its texts and names, also where it stands in JSON within a text. */
function clean<Kind extends Value>(value: Kind): Kind {
  return cleaned(value) as Kind
}

function cleaned(value: Value): Value {
  if (typeof value === 'string')
    return [SECRET, JSON.stringify(SECRET).slice(1, -1)].reduce(
      (text, secret) => text.replaceAll(secret, '***'),
      value,
    )
  if (Array.isArray(value)) return value.map(cleaned)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [cleaned(name), cleaned(one)]))
}

/**
 * What has to come of a case, by the contract of tools and MCP's revisions alone: it imports nothing of the hub. Null for
 * what was not whole.
 */
export function expectedToolTold(one: ToolCase): ToolTold | null {
  if (one.cutAfter !== null) return null
  const whole = (output: Value | null, blocks: Value | null = null): ToolTold => ({
    isWhole: true,
    output: clean(output),
    blocks: clean(blocks),
    said: null,
  })
  if (one.adapter === 'http') return isFine(one) ? whole(one.answer.output) : failed(null)
  if (one.answer.error !== 'none') return failed(one.answer.error === 'of the tool' ? saidIn(one) : null)
  const output = outputOf(one)
  const { content, ...rest } = output
  // Blocks go on as blocks: those of a tool without a value, and those that stand beside one.
  if (one.through !== 'mcp' || content !== one.answer.blocks) return whole(output)
  return whole(Object.keys(rest).length > 0 ? rest : null, content)
}

function isFine({ answer, cutAfter }: HttpCase): boolean {
  return cutAfter === null && answer.status < 300 && answer.form !== 'other'
}

/** The value is the output, with the blocks beside it that are no texts; without one the blocks are. */
function outputOf({ answer: { value, blocks } }: McpCase): ObjectValue {
  if (value === null) return { content: blocks }
  const object = isObject(value.is) ? value.is : { result: value.is }
  const isMore = blocks.some(({ type }) => type !== 'text') && !Object.hasOwn(object, 'content')
  return isMore ? { ...object, content: blocks } : object
}

/** On one line, and not more than a person reads. */
function saidIn({ answer: { blocks } }: McpCase): string | null {
  const texts = blocks.flatMap(({ type, text }) => (type === 'text' ? [String(text)] : []))
  const line = clean(texts.join('\n')).replace(/\s+/g, ' ').trim()
  if (line === '') return null
  return line.length > 500 ? `${line.slice(0, 499)}…` : line
}

/** Faults of what was written down; `told` is what the caller was told of the charge. */
export function toolBookFaults(one: ToolCase, booked: Booked | undefined, told: number | null): string[] {
  if (!booked) return ['there is no row of this call']
  const isWhole = one.adapter === 'http' ? isFine(one) : one.cutAfter === null && one.answer.error === 'none'
  if (!isWhole) {
    const isRight = booked.status === 'error' && booked.tokens === 0
    return isRight ? [] : [`its row says ${JSON.stringify(booked)} of a call that failed`]
  }
  const faults: string[] = []
  if (booked.status !== 'success') faults.push(`its row says ${booked.status} instead of success`)
  if (told !== booked.tokens) faults.push(`the caller was told ${told} tokens, its row says ${booked.tokens}`)
  const charge = chargeOf(one)
  if (booked.source !== charge.source)
    faults.push(`its source is ${booked.source} instead of ${charge.source}`)
  if (Math.abs(booked.tokens - charge.tokens) > charge.within)
    faults.push(`${booked.tokens} tokens were charged instead of ${charge.tokens}`)
  return faults
}

type Charge = { source: string; tokens: number; within: number }

function chargeOf(one: ToolCase): Charge {
  const metering = one.adapter === 'http' ? one.answer.metering : 'reported'
  const output = one.adapter === 'http' ? one.answer.output : outputOf(one)
  if (metering === 'fixed') return { source: 'fixed', tokens: FIXED_TOKENS, within: 0 }
  const reported = isReadIn(one) ? reportedTokens(metering, one.answer.report) : null
  if (reported !== null) return { source: 'reported', tokens: reported, within: 0 }
  // Input and output as JSON: in another order of fields it is nearly as many.
  const tokens = 8 + countTokens(toPlainJson(clean(output)), { disallowedSpecial: new Set() })
  return { source: 'counted', tokens, within: 10 + tokens / 10 }
}

/** An MCP server reports within its structured content. */
function isReadIn(one: ToolCase): boolean {
  return one.adapter === 'http' || (one.answer.value !== null && isObject(one.answer.value.is))
}

function reportedTokens(metering: MeteringName, { value }: Report): number | null {
  if (metering === 'counted' || value === undefined) return null
  const tokens = typeof value === 'number' ? value : isLong(value) ? Number(value.$int) : -1
  if (!Number.isInteger(tokens) || tokens < 0) return null
  if (metering === 'bounded') return Math.min(tokens, MOST_TOKENS)
  return tokens <= MOST_REPORTED ? tokens : null
}
