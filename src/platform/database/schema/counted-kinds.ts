const sources = (all: string[]) =>
  `alter domain hub_token_source add constraint hub_token_source_check
     check (value in (${all.map((one) => `'${one}'`).join(', ')})) not valid`

/**
 * What a provider wrote to its cache, apart from other input, and a charge that was estimated from the time that a cut
 * call took. Instances of the version before go on meanwhile: they write none of it and read it as it stands.
 */
export const countedKindsUp: readonly string[] = [
  `alter table usage_logs add column if not exists cache_write_5m_tokens bigint,
     add column if not exists cache_write_1h_tokens bigint`,
  `alter domain hub_token_source drop constraint hub_token_source_check`,
  sources(['reported', 'counted', 'fixed', 'partial', 'estimated', 'unknown']),
]

/** An estimate is at least what came, so it becomes `partial`. */
export const countedKindsDown: readonly string[] = [
  `update usage_logs set source = 'partial' where source = 'estimated'`,
  `alter domain hub_token_source drop constraint hub_token_source_check`,
  sources(['reported', 'counted', 'fixed', 'partial', 'unknown']),
  `alter table usage_logs drop column if exists cache_write_5m_tokens,
     drop column if exists cache_write_1h_tokens`,
]
