/**
 * What the server of each `mcp` tool said of it when it was taken over (`fingerprint`), and what it says now (`seen`,
 * the JSON of its description and schema).
 * `source` is the address and name that this was said of; null as a fingerprint: nothing was seen yet.
 */
export const mcpImportsUp = [
  `create table mcp_imports (
     tool_id uuid primary key references tools on delete cascade,
     source text not null,
     fingerprint text,
     seen text,
     changed_at timestamptz(3),
     checked_at timestamptz(3),
     problem text
   )`,
] as const

/** Undoes `mcpImportsUp`. */
export const mcpImportsDown = [`drop table if exists mcp_imports`] as const
