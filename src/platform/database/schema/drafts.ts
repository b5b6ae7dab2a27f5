/** Columns of a tool that a version repeats under `version_`; those of types of their own go through text. */
const PLAIN = [
  'name',
  'slug',
  'description',
  'category',
  'icon_id',
  'is_active',
  'adapter',
  'endpoint',
  'method',
  'headers',
  'builtin',
  'model',
  'model_kind',
  'system_prompt',
  'prompt_template',
  'default_output_tokens',
  'max_output_tokens',
  'speaks_responses',
  'weight_input',
  'weight_cached_input',
  'weight_output',
  'weight_reasoning',
  'routing',
  'share',
  'remote_tool',
  'input_schema',
  'example',
  'timeout_ms',
  'retries',
  'metering_mode',
  'metering_path',
  'metering_tokens',
  'max_tokens',
  'updated_at',
  'created_at',
  'deleted_at',
]

/**
 * A first version of each tool that has none. The panel lists a collection with drafts by its versions, so a tool
 * that was written by SQL would not be seen there. For the migration, and for whoever writes tools by SQL.
 */
export const FIRST_TOOL_VERSIONS = `
  with made as (
    insert into _tools_v (id, parent_id, ${PLAIN.map((name) => `version_${name}`).join(', ')},
      version_minimum_tier, version__status, created_at, updated_at, latest)
    select gen_random_uuid(), t.id, ${PLAIN.map((name) => `t.${name}`).join(', ')},
      t.minimum_tier::text::enum__tools_v_version_minimum_tier,
      t._status::text::enum__tools_v_version_status, t.created_at, t.updated_at, true
    from tools t where not exists (select from _tools_v v where v.parent_id = t.id)
    returning id, parent_id
  )
  insert into _tools_v_version_upstreams (_order, _parent_id, id, name, adapter, share, endpoint, model, _uuid)
  select u._order, made.id, gen_random_uuid(), u.name, u.adapter, u.share, u.endpoint, u.model, u.id::text
  from tools_upstreams u join made on made.parent_id = u._parent_id`

/** Drafts, versions and trash of tools. Existing tools become published, and only open tools can be called. */
export const toolDraftsUp = [
  `alter table tools alter column _status set default 'published'`,
  `update tools set _status = 'published' where _status is distinct from 'published'`,
  // Admission and the catalogue ask this one column.
  `alter table tools add column is_open boolean not null generated always as
     (is_active is true and coalesce(_status = 'published', false) and deleted_at is null) stored`,
  // Tools in the trash do not reserve their name and slug.
  `drop index tools_name_idx`,
  `drop index tools_slug_idx`,
  `create unique index tools_name_idx on tools (name) where deleted_at is null`,
  `create unique index tools_slug_idx on tools (slug) where deleted_at is null`,
] as const

/** Without the status, drafts become inactive tools, and tools in the trash are deleted. */
export const toolDraftsDown = [
  `delete from tools where deleted_at is not null`,
  `alter table tools drop column if exists is_open`,
  `update tools set is_active = false where _status = 'draft'`,
  `drop index tools_name_idx`,
  `drop index tools_slug_idx`,
  `create unique index tools_name_idx on tools (name)`,
  `create unique index tools_slug_idx on tools (slug)`,
] as const
