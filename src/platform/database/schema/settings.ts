/** What the settings need beside Payload's row: the row itself, so that it can be locked, and a place for sealed secrets. */
export const settingsUp = [
  `create unique index settings_only_row_idx on settings ((true))`,
  `create index settings_texts_parent_idx on settings_texts (parent_id, path)`,
  `insert into settings (id, sign_up_open, created_at, updated_at) values (gen_random_uuid(), true, now(), now())`,
  `create table setting_secrets (
     name text primary key,
     key_id text not null,
     nonce bytea not null,
     ciphertext bytea not null
   )`,
] as const

/** Undoes `settingsUp`. */
export const settingsDown = [
  `drop table if exists setting_secrets`,
  `delete from settings`,
  `drop index if exists settings_texts_parent_idx`,
  `drop index if exists settings_only_row_idx`,
] as const
