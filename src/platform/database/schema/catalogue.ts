/** What the catalogue needs around Payload's `tools` and `plans`: secrets, names that outlive, versions. */
export const catalogueUp = [
  `create table tool_secrets (
     tool_id uuid not null references tools (id) on delete cascade,
     name text not null,
     key_id text not null,
     nonce bytea not null,
     ciphertext bytea not null,
     primary key (tool_id, name)
   )`,

  // Usage keeps its tool's last name after the tool is deleted.
  `create table tool_names (tool_id uuid primary key, name text not null)`,
  `insert into tool_names (tool_id, name) select id, name from tools`,
  `create function hub_keep_tool_name() returns trigger language plpgsql as $$
   begin
     insert into tool_names (tool_id, name) values (new.id, new.name)
       on conflict (tool_id) do update set name = excluded.name;
     return null;
   end $$`,
  `create trigger hub_keep_tool_name after insert or update of name on tools
     for each row execute function hub_keep_tool_name()`,

  // Admission compares this number with the tool that was validated; a mismatch is 'stale'.
  `create function hub_raise_revision() returns trigger language plpgsql as $$
   begin
     if tg_op = 'INSERT' then new.revision := 1; else new.revision := old.revision + 1; end if;
     return new;
   end $$`,
  `create trigger hub_raise_revision before insert or update on tools
     for each row execute function hub_raise_revision()`,
  `create function hub_secret_changed() returns trigger language plpgsql as $$
   begin
     -- A touch is enough: the trigger on tools does the counting.
     update tools set revision = revision where id = case when tg_op = 'DELETE' then old.tool_id else new.tool_id end;
     return null;
   end $$`,
  `create trigger hub_secret_changed after insert or update or delete on tool_secrets
     for each row execute function hub_secret_changed()`,

  `create table catalogue_version (only_row bool primary key default true check (only_row), version bigint not null)`,
  `insert into catalogue_version (version) values (1)`,
  `create function hub_raise_catalogue_version() returns trigger language plpgsql as $$
   begin
     update catalogue_version set version = version + 1;
     return null;
   end $$`,
  ...['tools', 'plans', 'tool_secrets'].map(
    (table) => `create trigger hub_raise_catalogue_version after insert or update or delete on ${table}
     for each statement execute function hub_raise_catalogue_version()`,
  ),
] as const

export const catalogueDown = [
  `drop trigger if exists hub_raise_catalogue_version on plans`,
  `drop trigger if exists hub_raise_catalogue_version on tools`,
  `drop trigger if exists hub_raise_revision on tools`,
  `drop trigger if exists hub_keep_tool_name on tools`,
  `drop table if exists tool_secrets`,
  `drop table if exists catalogue_version`,
  `drop table if exists tool_names`,
  `drop function if exists hub_raise_catalogue_version()`,
  `drop function if exists hub_secret_changed()`,
  `drop function if exists hub_raise_revision()`,
  `drop function if exists hub_keep_tool_name()`,
] as const
