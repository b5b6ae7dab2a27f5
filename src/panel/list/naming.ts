const BETWEEN = '·'
/** A filter may have at most 30 conditions; each word adds one condition per field. */
const MOST_WORDS = 8

type Named = { useAsTitle?: string; listSearchableFields?: string[] }

/**
 * The fields that identify documents of a collection: its title, then the other search fields of its list. Two people
 * may have the same name, and an admin often knows only their address.
 */
export function namingFields({ useAsTitle = 'id', listSearchableFields = [] }: Named = {}): string[] {
  return [...new Set([useAsTitle, ...listSearchableFields])].slice(0, 3)
}

/** A document's label from these fields, as `Ada Alder · ada@example.org`. */
export function nameOf(doc: Record<string, unknown>, fields: string[]): string {
  const parts = fields.map((field) => doc[field]).filter(Boolean)
  return (parts.length > 0 ? parts : [doc.id]).join(` ${BETWEEN} `)
}

/** The condition that finds documents by words: each word must be in one of the fields, in any order. */
export function searchOf(typed: string, fields: string[]): Record<string, string> {
  const conditions = wordsOf(typed)
    .slice(0, MOST_WORDS)
    .flatMap((word, and) =>
      fields.map((field, or) => [`where[and][${and}][or][${or}][${field}][like]`, word]),
    )
  return Object.fromEntries(conditions)
}

/** Whether a name contains each of the words. */
export const hasWords = (name: string, typed: string): boolean =>
  wordsOf(typed).every((word) => name.toLowerCase().includes(word))

const wordsOf = (typed: string): string[] =>
  typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== BETWEEN)
