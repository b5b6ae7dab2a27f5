import { stat } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import { Problem } from '../../platform/kernel/problem'

/**
 * An upload handler that throws NOT_FOUND for a name that is not a file in `directory`; Payload would respond with 500.
 */
export function answerMissingFile(directory: string) {
  const root = resolve(directory)
  return async (_req: unknown, { params }: { params: { filename: string } }): Promise<undefined> => {
    const path = resolve(root, params.filename)
    const file = path.startsWith(root + sep) ? await stat(path).catch(() => null) : null
    if (!file?.isFile()) throw new Problem('NOT_FOUND', 'There is no such file')
  }
}
