import { readFile } from 'node:fs/promises'

/** The tables and the two statements of bare-proxy.sql, as they stand there. */
export async function bareStatements(): Promise<{ TABLES: string; ADMIT: string; SETTLE: string }> {
  const text = await readFile(new URL('./bare-proxy.sql', import.meta.url), 'utf8')
  const [TABLES, ADMIT, SETTLE] = text.split(/^-- (?:admit|settle):.*$/m)
  if (!TABLES || !ADMIT || !SETTLE) throw new Error('bare-proxy.sql has lost one of its parts')
  return { TABLES, ADMIT, SETTLE }
}
