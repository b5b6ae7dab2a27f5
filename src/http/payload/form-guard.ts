import { invalidField, Problem } from '../../platform/kernel/problem'
import { checkJsonText, MOST_VALUES, refuseNul } from './json-guard'

/**
 * Holds a form to what Payload can read: its data is a JSON object, and its file is a file. A file that is only named
 * (an upload that went to the bucket by itself) is refused: nothing here makes such uploads, and Payload would read
 * the named file before it asks who is calling. Throws `Problem`.
 */
export async function checkForm(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<void> {
  const form = await read(bytes, type)
  for (const [name, value] of form) {
    refuseNul(name, 'form')
    if (typeof value !== 'string') continue
    if (name === 'file') throw invalidField('file', 'Send an image, as multipart/form-data')
    if (name === '_payload') checkJsonText(value, MOST_VALUES)
    else refuseNul(value, name)
  }
}

async function read(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<FormData> {
  try {
    return await new Response(bytes, { headers: { 'content-type': type } }).formData()
  } catch {
    throw new Problem(
      'VALIDATION_ERROR',
      'The form cannot be read: it breaks off, or its parts are malformed',
    )
  }
}
