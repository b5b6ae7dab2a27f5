import pg from 'pg'
import { newPlan, newTool, type TestTool } from '../support/catalogue'
import { call } from '../support/client'
import { newKey, newSubscriber, type Person, unique } from '../support/people'
import { hubUrl } from '../support/run'
import { until } from '../support/until'

/** A chat model of the test's own at this base address. */
export function newModel(endpoint: string, more: Record<string, unknown> = {}): Promise<TestTool> {
  const { model, ...rest } = more
  const settings = { name: 'the-model', max_output_tokens: 100, ...(model as object | undefined) }
  return newTool(endpoint, { adapter: 'openai', model: settings, retries: 0, ...rest })
}

export interface Caller extends Person {
  key: string
}

/** Somebody with a key and room for this many tokens. */
export async function newCaller(tokenLimit = 100_000): Promise<Caller> {
  const person = await newSubscriber(await newPlan(tokenLimit))
  return { ...person, key: (await newKey(person)).key }
}

/** One request to the OpenAI-compatible door. */
export async function askDoor(path: string, key: string, body: object, signal?: AbortSignal) {
  const response = await fetch(`${hubUrl()}/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  })
  return response
}

export interface Row {
  status: string
  tokens: number
  held: number
  source: string | null
  error_code: string | null
  input_tokens: number | null
  cached_input_tokens: number | null
  output_tokens: number | null
  reasoning_tokens: number | null
  first_token_ms: number | null
}

/** The settled rows of a tool, oldest first, once there are `count` of them. */
export async function rowsOf(toolId: string, count = 1): Promise<Row[]> {
  const client = new pg.Client({ connectionString: process.env.HUB_TEST_HUB_DATABASE_URL })
  await client.connect()
  try {
    const look = async () => {
      const { rows } = await client.query<Row>(ROWS, [toolId])
      return rows.length >= count ? rows : null
    }
    return (await until(`${count} settled rows`, look)) as Row[]
  } finally {
    await client.end()
  }
}

const ROWS = `
  select status, tokens_used::int as tokens, tokens_held::int as held, source, error_code,
    input_tokens::int, cached_input_tokens::int, output_tokens::int, reasoning_tokens::int, first_token_ms
  from usage_logs where tool_id = $1 and status <> 'pending' order by id`

/** What the caller's subscription shows. */
export async function balanceOf({ token }: Person) {
  const { data } = await call<{ tokens_used: number; tokens_held: number }>('GET', '/subscriptions/current', {
    token,
  })
  return { used: data.tokens_used, held: data.tokens_held }
}

/** A model's name that no other test uses. */
export const aName = () => unique('model')
