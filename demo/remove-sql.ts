import { isDemo, isDemoEntry } from '../src/platform/database/demo-mark'

const USER = isDemo('user_id', 'user')
const TOOL = isDemo('tool_id', 'tool')

/**
 * Removes demo data, in this order. For days whose rows the retention dropped, the demo users' share is subtracted from
 * the platform's sums; all later days are folded again.
 */
export const REMOVE_DEMO = [
  `update usage_by_day p set tokens = p.tokens - d.tokens, calls_success = p.calls_success - d.success,
     calls_error = p.calls_error - d.error, calls_timeout = p.calls_timeout - d.timeout
   from (
     select day, tool_id, plan_id, sum(tokens) as tokens, sum(calls_success) as success, sum(calls_error) as error,
       sum(calls_timeout) as timeout
     from usage_daily where ${USER} group by 1, 2, 3
   ) d
   where p.day = d.day and p.tool_id = d.tool_id and p.plan_id = d.plan_id`,
  `delete from usage_logs where ${USER}`,
  `delete from usage_daily where ${USER}`,
  `delete from usage_user_days where ${USER}`,
  `delete from usage_user_blocks where ${USER}`,
  `delete from usage_corrections where ${USER}`,
  `delete from token_grants where ${USER}`,
  `delete from refusals where ${USER}`,
  // Alerts about demo users and tools, and their audit entries, are removed too.
  `delete from alerts where ${USER} or ${TOOL}`,
  `delete from audit_logs where ${isDemoEntry('id')}`,
  // Their subscriptions, keys, sessions and credentials are deleted with them; the last period becomes an ended one.
  `delete from users where ${isDemo('id', 'user')}`,
  `delete from subscription_periods where ${USER}`,
  `delete from tools where ${isDemo('id', 'tool')}`,
  `delete from tool_recent where ${TOOL}`,
  // A tool's name stays as long as somebody's usage shows it.
  `delete from tool_names n where ${TOOL} and not exists (select from usage_daily d where d.tool_id = n.tool_id)`,
] as const
