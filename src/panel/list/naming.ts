const BETWEEN = '·'
/** A filter may have no more than 30 conditions; each word is one of every field. */
const MOST_WORDS = 8

type Named = { useAsTitle?: string; listSearchableFields?: string[] }

/**
 * What tells documents of a collection apart: its title, then whatever else its own list is searched by. Two people may
 * have one name, and an address is what an admin often has of them.
 */
export function namingFields({ useAsTitle = 'id', listSearchableFields = [] }: Named = {}): string[] {
  return [...new Set([useAsTitle, ...listSearchableFields])].slice(0, 3)
}

/** A document by what tells it apart, as `Ada Alder · ada@example.org`. */
export function nameOf(doc: Record<string, unknown>, fields: string[]): string {
  const parts = fields.map((field) => doc[field]).filter(Boolean)
  return (parts.length > 0 ? parts : [doc.id]).join(` ${BETWEEN} `)
}

/** What finds the documents whose names have each of the words: in any of the fields, in any order. */
export function searchOf(typed: string, fields: string[]): Record<string, string> {
  const conditions = wordsOf(typed)
    .slice(0, MOST_WORDS)
    .flatMap((word, and) =>
      fields.map((field, or) => [`where[and][${and}][or][${or}][${field}][like]`, word]),
    )
  return Object.fromEntries(conditions)
}

/** The same of a name that is there. */
export const hasWords = (name: string, typed: string): boolean =>
  wordsOf(typed).every((word) => name.toLowerCase().includes(word))

const wordsOf = (typed: string): string[] =>
  typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== BETWEEN)
