/**
 * Whether an account must confirm its address before it signs in, where the hub asks for that. It is decided when the
 * account is made, so that those of before keep signing in when the setting comes on. `wasRequired`: the setting was on
 * already; it also stands for what instances of before still insert.
 */
export const mustConfirmUp = (wasRequired: boolean) =>
  [
    `alter table credentials add column must_confirm boolean not null default ${wasRequired}`,
    // A link that waits, or was mailed within a week, tells that one was asked for; a sign-in tells that none was.
    `update credentials set must_confirm = (
     exists (select from email_tokens t where t.user_id = u.id and t.purpose = 'confirm_email')
     or exists (select from mail_outbox m where m.recipient = u.email and m.subject like '%: confirm your email address')
   ) from users u where u.id = credentials.user_id and u.email_confirmed_at is null
     and (not credentials.must_confirm
       or exists (select from sessions s where s.user_id = u.id)
       or exists (select from audit_logs a where a.action = 'sign-in' and a.subject_id = u.id::text)
       or exists (select from mail_outbox m where m.recipient = u.email and m.subject like 'Welcome to %'))`,
  ] as const

export const mustConfirmDown = [`alter table credentials drop column if exists must_confirm`] as const
