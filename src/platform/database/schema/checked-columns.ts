/**
 * The valid values of the ledger's columns, checked by their types. PostgreSQL reads and plans a table's checks for every
 * statement, but a type's checks once per connection. These tables are written four times per call.
 */
const TYPES = {
  hub_tokens: { base: 'bigint', check: 'value >= 0' },
  hub_calls: { base: 'int', check: 'value >= 0' },
  hub_call_status: { base: 'text', check: `value in ('pending', 'success', 'error', 'timeout', 'trial')` },
  hub_token_source: {
    base: 'text',
    check: `value in ('reported', 'counted', 'fixed', 'partial', 'unknown')`,
  },
} as const

type Columns = Record<string, keyof typeof TYPES>
const COLUMNS: Record<'subscriptions' | 'usage_logs', Columns> = {
  subscriptions: { tokens_used: 'hub_tokens', tokens_held: 'hub_tokens', calls_in_flight: 'hub_calls' },
  usage_logs: {
    tokens_used: 'hub_tokens',
    tokens_held: 'hub_tokens',
    status: 'hub_call_status',
    source: 'hub_token_source',
  },
}

const tables = Object.entries(COLUMNS)
const types = Object.entries(TYPES)
const each = (columns: Columns, change: (column: string, type: keyof typeof TYPES) => string) =>
  Object.entries(columns)
    .map(([column, type]) => change(column, type))
    .join(', ')

/**
 * In a function, a statement that does not name the column's table keeps the type that the connection first saw, and fails
 * with another one. This affects deletions, and also calls in older hubs that still run. Creating or dropping a schema makes
 * every connection discard its plans.
 */
const FORGET_PLANS = ['create schema hub_passing', 'drop schema hub_passing'] as const

/** The tables are not rewritten: their values were already checked, so the check is added after the type change. */
export const checkedColumnsUp: readonly string[] = [
  ...types.map(([name, { base }]) => `create domain ${name} as ${base}`),
  ...tables.flatMap(([table, columns]) => [
    `alter table ${table} ${each(columns, (column) => `drop constraint ${table}_${column}_check`)}`,
    `alter table ${table} ${each(columns, (column, type) => `alter column ${column} type ${type}`)}`,
    // A column whose type changes loses its statistics.
    `analyze ${table} (${Object.keys(columns).join(', ')})`,
  ]),
  ...types.map(([name, { check }]) => `alter domain ${name} add check (${check}) not valid`),

  // A rule about two columns. It is checked when they change, and calls never change them.
  `alter table subscriptions drop constraint hub_subscriptions_extra`,
  `create function hub_check_extra() returns trigger language plpgsql as $$
   begin
     if coalesce(cardinality(new.extra_tokens), 0) <> coalesce(cardinality(new.extra_until), 0) then
       raise exception 'extra_tokens and extra_until are of different length' using errcode = 'check_violation';
     end if;
     return null;
   end $$`,
  `create trigger hub_subscriptions_extra after insert or update of extra_tokens, extra_until on subscriptions
     for each row execute function hub_check_extra()`,
  ...FORGET_PLANS,
]

/** Undoes `checkedColumnsUp`. */
export const checkedColumnsDown: readonly string[] = [
  `drop trigger if exists hub_subscriptions_extra on subscriptions`,
  `drop function if exists hub_check_extra()`,
  `alter table subscriptions add constraint hub_subscriptions_extra
     check (coalesce(cardinality(extra_tokens), 0) = coalesce(cardinality(extra_until), 0))`,
  ...types.map(([name]) => `alter domain ${name} drop constraint ${name}_check`),
  ...tables.flatMap(([table, columns]) => [
    `alter table ${table} ${each(columns, (column, type) => `alter column ${column} type ${TYPES[type].base}`)}`,
    `alter table ${table} ${each(
      columns,
      (column, type) =>
        `add constraint ${table}_${column}_check check (${TYPES[type].check.replace('value', column)})`,
    )}`,
  ]),
  ...types.map(([name]) => `drop domain ${name}`),
  ...FORGET_PLANS,
]
