import { isDemoEntry } from '../demo-mark'

const appendOnly = (exceptions: string) => `
  create or replace function hub_append_only() returns trigger language plpgsql as $$
   begin${exceptions}
     raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
   end $$`

/**
 * Entries of the demo can be taken away again, and no others: ids are made by the hub, and only the demo makes such
 * ones. They cannot be changed either.
 */
export const demoEntriesUp = [
  appendOnly(`
     if tg_op = 'DELETE' then
       if ${isDemoEntry('old.id')} then return old; end if;
     end if;`),
] as const

/** Undoes `demoEntriesUp`. */
export const demoEntriesDown = [appendOnly('')] as const
