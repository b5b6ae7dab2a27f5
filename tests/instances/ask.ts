import { someAddress } from '../support/client'

export interface Asked {
  token?: string
  key?: string
  body?: unknown
  headers?: Record<string, string>
}

export interface Answer<Data> {
  status: number
  /** The error's code; null on success, and where the body is no envelope (`/ready`). */
  code: string | null
  data: Data
  details: Record<string, unknown>[]
  headers: Headers
}

const LONGEST_ANSWER_MS = 30_000

/** Asks one hub of several, by its address. Rejects when the hub cannot be reached or dies meanwhile. */
export async function ask<Data = Record<string, unknown>>(
  hub: { url: string },
  method: string,
  path: string,
  { token, key, body, headers }: Asked = {},
): Promise<Answer<Data>> {
  const response = await fetch(`${hub.url}${path.startsWith('/api/') ? '' : '/api/v1'}${path}`, {
    method,
    headers: {
      'x-forwarded-for': someAddress(),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(key ? { 'x-api-key': key } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(LONGEST_ANSWER_MS),
  })
  const answer = await response.json()
  return {
    status: response.status,
    code: answer.error?.code ?? null,
    data: answer.data,
    details: answer.error?.details ?? [],
    headers: response.headers,
  }
}

/** As `ask`; throws where the answer is not the one that a test's preparation needs. */
export async function must<Data = Record<string, unknown>>(
  status: number,
  ...asked: Parameters<typeof ask>
): Promise<Data> {
  const answer = await ask<Data>(...asked)
  if (answer.status === status) return answer.data
  throw new Error(`${asked[1]} ${asked[2]} answered ${answer.status} ${answer.code}`)
}
