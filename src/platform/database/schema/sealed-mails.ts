/**
 * Bodies of mails are sealed. `due_at` is the next attempt of a sealed row: its `next_attempt_at` lies a hundred years
 * ahead, so that an instance of before, which knows no seal, does not send it empty.
 */
export const sealedMailsUp = [
  `alter table mail_outbox add column sealed bytea, add column due_at timestamptz`,
  `create index mail_outbox_due_at_idx on mail_outbox (coalesce(due_at, next_attempt_at)) where sent_at is null`,
] as const

export const sealedMailsDown = [
  `delete from mail_outbox where sealed is not null and sent_at is null`,
  `drop index if exists mail_outbox_due_at_idx`,
  `alter table mail_outbox drop column if exists due_at, drop column if exists sealed`,
] as const
