/**
 * What marks demo data: the first bytes of the ids of its users, tools, keys and sessions, which no other id can
 * have (they are no time that a uuidv7 of our days carries), and addresses at a domain that can never exist.
 */
const PREFIX = 'de30da7a'
const KINDS = { user: '0001', tool: '0002', key: '0003', session: '0004', subscription: '0005' }

export const DEMO_DOMAIN = 'demo.invalid'

/** The id of the n-th demo document of its kind. */
export function demoId(kind: keyof typeof KINDS, index: number): string {
  return `${PREFIX}-${KINDS[kind]}-8000-8000-${index.toString(16).padStart(12, '0')}`
}

/** SQL: whether an id of this kind is one of ours. It is a range, so that an index finds it. */
export const isDemo = (column: string, kind: keyof typeof KINDS): string =>
  `${column} between '${demoId(kind, 0)}' and '${PREFIX}-${KINDS[kind]}-8000-8000-ffffffffffff'`
