/**
 * The marks of demo data: a prefix of the ids of its users, tools, keys and sessions, which no other id can have (as a time
 * in a uuidv7 it is far from the present), and email addresses at a domain that can never exist.
 */
const PREFIX = 'de30da7a'
const KINDS = { user: '0001', tool: '0002', key: '0003', session: '0004', subscription: '0005' }

type Kind = keyof typeof KINDS

export const DEMO_DOMAIN = 'demo.invalid'

/** The id of the n-th demo document of its kind. */
export function demoId(kind: Kind, index: number): string {
  return `${PREFIX}-${KINDS[kind]}-8000-8000-${index.toString(16).padStart(12, '0')}`
}

/** SQL: whether an id of this kind is a demo id. It is a range, so that an index can be used. */
export const isDemo = (column: string, kind: Kind): string =>
  `${column} between '${demoId(kind, 0)}' and '${PREFIX}-${KINDS[kind]}-8000-8000-ffffffffffff'`

/** Whether an id belongs to a demo document. */
export const isDemoId = (id: string | null | undefined): boolean => id?.startsWith(`${PREFIX}-`) ?? false

/**
 * The last bytes of the ids of the demo's audit entries. The list is sorted by the time at the beginning of an id, so the
 * mark is at the end, where a uuidv7 has 60 random bits.
 */
const ENTRY_END = '8de3-0da7ade30da7'

/** The id of a demo entry of the audit log, by its time; `nth` distinguishes entries with the same time. */
export function demoEntryId(at: Date, nth: number): string {
  const time = at.getTime().toString(16).padStart(12, '0')
  const chance = (nth & 0xfff).toString(16).padStart(3, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${chance}-${ENTRY_END}`
}

/** SQL: whether an audit entry is one of the demo's. */
export const isDemoEntry = (column: string): string =>
  `right(${column}::text, ${ENTRY_END.length}) = '${ENTRY_END}'`
