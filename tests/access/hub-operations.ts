import { ask } from './callers'

export interface GraphqlError {
  message: string
  extensions: { name: string; statusCode: number; data?: { details: Record<string, unknown>[] } }
}

export interface Asked<Data> {
  data: Data | null
  error: GraphqlError | null
  headers: Headers
}

/** Asks GraphQL one thing, by a document with variables. */
export async function graphql<Data = Record<string, unknown>>(
  query: string,
  variables: Record<string, unknown>,
  headers: Record<string, string>,
): Promise<Asked<Data>> {
  const answer = await ask('POST', '/api/graphql', { headers, body: { query, variables } })
  const body = answer.body as { data?: Record<string, Data | null>; errors?: GraphqlError[] }
  const [value] = Object.values(body.data ?? {})
  return { data: value ?? null, error: body.errors?.[0] ?? null, headers: answer.headers }
}

const SUBSCRIPTION =
  '{ id plan status tokenLimit tokensUsed tokensHeld tokensRemaining periodStart expiresAt pendingPlan cancelAtPeriodEnd }'

export const INVOKE =
  'mutation($tool: String!, $input: JSON!, $key: String) { invokeTool(tool: $tool, input: $input, idempotencyKey: $key) { requestId output tokensUsed durationMs } }'
export const SUBSCRIBE = `mutation($plan: String!) { subscribe(plan: $plan) ${SUBSCRIPTION} }`
export const CANCEL = `mutation { cancelSubscription ${SUBSCRIPTION} }`
export const SUMMARY =
  'query($from: String, $to: String) { usageSummary(startDate: $from, endDate: $to) { totalTokens totalInvocations byTool { toolId toolName tokensUsed invocationCount } } }'
