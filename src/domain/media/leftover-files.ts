import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { CollectionBeforeValidateHook, Payload } from 'payload'
import { perProcess } from '../../platform/kernel/process'
import { runtime } from '../../platform/runtime/runtime'

type Written = {
  filename?: string | null
  prefix?: string
  sizes?: Record<string, { filename?: string | null }>
}
type Transaction = string | number
type End = (id: Transaction | Promise<Transaction>) => Promise<void>

/** Other files of an upload may still be written when the first has failed; and the failure may be the database's. */
const LOOK_AGAIN_MS = [2_000, 30_000]

const noted = () => perProcess('media.noted', () => new Map<Transaction, Written[]>())

/** Notes the files that this upload will write, before the first is written. */
export const noteFiles: CollectionBeforeValidateHook = async ({ data, req }) => {
  const id = (await req.transactionID) as Transaction | undefined
  if (id !== undefined && typeof data?.filename === 'string') {
    const { filename, prefix, sizes } = data as Written
    noted().set(id, [
      ...(noted().get(id) ?? []),
      { filename, ...(prefix ? { prefix } : {}), sizes: sizes ?? {} },
    ])
  }
  return data
}

/**
 * Removes the files of an upload whose document was not stored, whatever failed: another file, a hook, the database.
 * Payload writes the files before the document, and leaves them after a failure. For `onInit`.
 */
export function removeLeftoverFiles(payload: Payload): void {
  const db = payload.db as unknown as { commitTransaction: End; rollbackTransaction: End }
  for (const name of ['commitTransaction', 'rollbackTransaction'] as const) {
    const end = db[name]
    db[name] = async (given) => {
      try {
        return await end.call(payload.db, given)
      } finally {
        const id = await given
        const written = noted().get(id)
        noted().delete(id)
        if (written) await removeUnstored(payload, written)
      }
    }
  }
}

async function removeUnstored(payload: Payload, written: Written[], round = 0): Promise<void> {
  const again = await removeNow(payload, written).catch((err: Error) => {
    payload.logger.warn({ err }, 'the files of a failed upload could not be removed')
    return true
  })
  const wait = LOOK_AGAIN_MS[round]
  if (again && wait !== undefined)
    setTimeout(() => void removeUnstored(payload, written, round + 1), wait).unref()
}

/** Returns whether there was anything to remove. The files of a document are kept. */
async function removeNow(payload: Payload, written: Written[]): Promise<boolean> {
  const names = written.flatMap(namesOf)
  const { rows } = await runtime().pool.query<{ name: string }>(UNSTORED, [names])
  const unstored = new Set(rows.map(({ name }) => name))
  if (unstored.size === 0) return false
  for (const one of written) await remove(payload, one, unstored)
  return true
}

async function remove(payload: Payload, one: Written, unstored: ReadonlySet<string>): Promise<void> {
  const { config } = payload.collections.media
  const names = namesOf(one).filter((name) => unstored.has(name))
  if (!config.upload.disableLocalStorage) {
    const directory = config.upload.staticDir ?? 'media'
    await Promise.all(names.map((name) => unlink(join(directory, name)).catch(unlessMissing)))
    return
  }
  // Uses the storage plugin's hook for deleted documents, here for a document that was never stored.
  const sizes = Object.fromEntries(names.map((filename) => [filename, { filename }]))
  const doc = { id: '', prefix: one.prefix, sizes }
  for (const hook of config.hooks.afterDelete ?? [])
    await hook({ collection: config, context: {}, doc, id: '', req: { payload } as never })
}

const namesOf = ({ filename, sizes = {} }: Written): string[] =>
  [filename, ...Object.values(sizes).map((size) => size?.filename)].filter((name) => typeof name === 'string')

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}

const UNSTORED = `
  select name from unnest($1::text[]) name
  where not exists (select from media m where name in (m.filename, m.sizes_icon_filename, m.sizes_card_filename))`
