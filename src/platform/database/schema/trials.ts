const statuses = (all: string[]) =>
  `alter table usage_logs add constraint usage_logs_status_check check (status in (${all.map((one) => `'${one}'`).join(', ')}))`

/** Trials stand in the usage log, charge nobody, and are in no sum. */
export const trialsUp = [
  `alter table usage_logs drop constraint usage_logs_status_check`,
  statuses(['pending', 'success', 'error', 'timeout', 'trial']),
] as const

export const trialsDown = [
  `delete from usage_logs where status = 'trial'`,
  `alter table usage_logs drop constraint usage_logs_status_check`,
  statuses(['pending', 'success', 'error', 'timeout']),
] as const
