import type { Sql } from '../../platform/database/sql'
import type { Settlement } from './call'
import { newUsageId } from './usage-id'

/** A trial call by an admin, as the usage log keeps it. */
export type TrialRow = Pick<Settlement, 'source' | 'modelTokens' | 'errorCode'> & {
  adminId: string
  toolId: string
  toolName: string
  /** Null if no plan was tried. */
  planId: string | null
  requestId: string
  durationMs: number
}

const NO_PLAN = '00000000-0000-0000-0000-000000000000'

/**
 * Records a trial with the admin as the caller. Nothing is charged or held. Every sum leaves out status `trial`, so
 * balances, roll-ups, statistics and the histories of users do not contain it. Returns the row's id.
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
