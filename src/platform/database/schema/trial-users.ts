/**
 * Who ever tried a tool. Trials are few and no index knows a row's status, so this is how a list of them is found
 * without reading every row. Who is an admin now may still try one at an instance of an earlier version, which notes
 * nobody.
 */
export const trialUsersUp = [
  `create table usage_trial_users (user_id uuid primary key)`,
  `insert into usage_trial_users
     select user_id from usage_logs where status = 'trial' union select id from users where role = 'admin'`,
] as const

/** Undoes `trialUsersUp`. */
export const trialUsersDown = [`drop table if exists usage_trial_users`] as const
