import type { Sql } from '../../platform/database/sql'
import type { Settlement } from './call'
import { newUsageId } from './usage-id'

/** A call that an admin tried, as the usage log keeps it. */
export type TrialRow = Pick<Settlement, 'source' | 'modelTokens' | 'errorCode'> & {
  adminId: string
  toolId: string
  toolName: string
  /** Null where nobody's plan was tried. */
  planId: string | null
  requestId: string
  durationMs: number
}

const NO_PLAN = '00000000-0000-0000-0000-000000000000'

/**
 * Writes a trial down: the admin is who called, nothing is charged or held, and as every sum leaves out its status,
 * neither a balance, a roll-up, a statistic nor a user's history knows of it. Answers the row's id.
 */
export async function writeTrial(sql: Sql, trial: TrialRow): Promise<string> {
  const id = newUsageId()
  const { modelTokens } = trial
  await sql.query(WRITE_TRIAL, [
    id,
    trial.adminId,
    trial.toolId,
    trial.toolName,
    trial.planId ?? NO_PLAN,
    trial.source,
    trial.requestId,
    trial.durationMs,
    trial.errorCode ?? null,
    modelTokens?.inputTokens ?? null,
    modelTokens?.cachedInputTokens ?? null,
    modelTokens?.outputTokens ?? null,
    modelTokens?.reasoningTokens ?? null,
    modelTokens?.cacheWrite5mTokens || null,
    modelTokens?.cacheWrite1hTokens || null,
  ])
  return id
}

const WRITE_TRIAL = `
  with known as (insert into usage_trial_users values ($2) on conflict do nothing)
  insert into usage_logs (id, user_id, tool_id, tool_name, plan_id, period_start, status, tokens_used, tokens_held,
    source, request_id, duration_ms, error_code, created_at, updated_at, settled_at, input_tokens,
    cached_input_tokens, output_tokens, reasoning_tokens, cache_write_5m_tokens, cache_write_1h_tokens)
  values ($1, $2, $3, $4, $5, hub_uuid_time($1), 'trial', 0, 0, $6, $7, $8, $9, hub_uuid_time($1), now(), now(),
    $10, $11, $12, $13, $14, $15)`
