/** A settled call, as usage_logs keeps it. */
export type DemoCall = {
  id: string
  user_id: string
  api_key_id: string | null
  tool_id: string
  tool_name: string
  plan_id: string
  period_start: string
  status: 'success' | 'error' | 'timeout'
  tokens_used: number
  tokens_held: number
  source: 'reported' | 'counted' | 'fixed' | 'partial' | 'unknown'
  request_id: string
  duration_ms: number
  error_code: string | null
  created_at: string
  updated_at: string
  settled_at: string
}
