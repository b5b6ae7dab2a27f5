/** What tools that are models need: whole numbers, a model's tokens in the log, upstreams in the catalogue's version. */
const WHOLE: Record<string, readonly string[]> = {
  tools: [
    'default_output_tokens',
    'max_output_tokens',
    'weight_input',
    'weight_cached_input',
    'weight_output',
    'weight_reasoning',
    'share',
  ],
  tools_upstreams: ['share'],
}

const retype = (type: 'bigint' | 'numeric') =>
  Object.entries(WHOLE).map(([table, columns]) => {
    const changes = columns.map((column) => `alter column ${column} type ${type}`)
    return `alter table ${table} ${changes.join(', ')}`
  })

export const modelsUp = [
  ...retype('bigint'),
  `alter table usage_logs
     add column if not exists input_tokens bigint, add column if not exists cached_input_tokens bigint,
     add column if not exists output_tokens bigint, add column if not exists reasoning_tokens bigint,
     add column if not exists first_token_ms int`,
  `create trigger hub_raise_catalogue_version after insert or update or delete on tools_upstreams
     for each statement execute function hub_raise_catalogue_version()`,
  // A changed upstream is a changed tool: admission compares revisions.
  `create function hub_upstream_changed() returns trigger language plpgsql as $$
   begin
     update tools set revision = revision
      where id = case when tg_op = 'DELETE' then old._parent_id else new._parent_id end;
     return null;
   end $$`,
  `create trigger hub_upstream_changed after insert or update or delete on tools_upstreams
     for each row execute function hub_upstream_changed()`,
] as const

export const modelsDown = [
  `drop trigger if exists hub_upstream_changed on tools_upstreams`,
  `drop function if exists hub_upstream_changed()`,
  `drop trigger if exists hub_raise_catalogue_version on tools_upstreams`,
  `alter table usage_logs drop column if exists input_tokens, drop column if exists cached_input_tokens,
     drop column if exists output_tokens, drop column if exists reasoning_tokens,
     drop column if exists first_token_ms`,
  ...retype('numeric'),
] as const
