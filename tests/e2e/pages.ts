import type pg from 'pg'

/** A page of the panel; `ready` is there once it can be used. */
export type PanelPage = { name: string; path: string; ready: string }

const FORM = 'form[data-form-ready="true"]'
const LIST = '.collection-list'
const TILES = '.hub-tiles'
const VIEW = '.hub-view .hub-card'

/** Collections, and the query for one document to open: null where the panel has no document to show. */
const COLLECTIONS: Record<string, string> = {
  users: `select user_id as id from subscriptions order by tokens_used desc limit 1`,
  'api-keys': 'select id from api_keys limit 1',
  plans: 'select id from plans order by rank desc limit 1',
  tools: `select t.id from tools t join usage_by_day d on d.tool_id = t.id limit 1`,
  subscriptions: 'select id from subscriptions order by tokens_used desc limit 1',
  'usage-logs': `select id from usage_logs where status = 'success' order by id desc limit 1`,
  media: 'select id from media limit 1',
  refusals: 'select id from refusals order by id desc limit 1',
  'audit-logs': 'select id from audit_logs order by id desc limit 1',
  alerts: 'select id from alerts limit 1',
}
const MADE_IN_THE_PANEL = ['users', 'api-keys', 'plans', 'tools', 'media']
const LONG_LISTS = [
  'users',
  'api-keys',
  'tools',
  'subscriptions',
  'usage-logs',
  'refusals',
  'audit-logs',
  'alerts',
]

const day = (daysAgo: number) => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10)

/** Every page of the panel, each on a document of this database; where a collection has none, its own page is left out. */
export async function panelPages(database: pg.Pool): Promise<PanelPage[]> {
  const ids = new Map<string, string>()
  for (const [collection, query] of Object.entries(COLLECTIONS)) {
    const { rows } = await database.query<{ id: string }>(query)
    if (rows[0]) ids.set(collection, rows[0].id)
  }
  const pages: PanelPage[] = [...dashboards()]
  for (const collection of Object.keys(COLLECTIONS)) {
    pages.push({ name: `${collection}: list`, path: `/admin/collections/${collection}`, ready: LIST })
    const id = ids.get(collection)
    if (id)
      pages.push({ name: `${collection}: one`, path: `/admin/collections/${collection}/${id}`, ready: FORM })
  }
  for (const collection of MADE_IN_THE_PANEL)
    pages.push({ name: `${collection}: new`, path: `/admin/collections/${collection}/create`, ready: FORM })
  for (const collection of LONG_LISTS)
    pages.push({
      name: `${collection}: list of 100`,
      path: `/admin/collections/${collection}?limit=100`,
      ready: LIST,
    })
  return [...pages, ...otherPages(ids), ...filteredLists(ids)]
}

const dashboards = (): PanelPage[] => [
  ...['24h', '7d', '30d', '90d'].map((range) => ({
    name: `dashboard: ${range}`,
    path: `/admin?range=${range}`,
    ready: TILES,
  })),
  {
    name: 'dashboard: own, 125 days',
    path: `/admin?range=own&from=${day(200)}&to=${day(76)}&by=plan`,
    ready: TILES,
  },
  { name: 'dashboard: own, a year', path: `/admin?range=own&from=${day(365)}&to=${day(0)}`, ready: TILES },
]

const otherPages = (ids: Map<string, string>): PanelPage[] => [
  {
    name: 'users: overview',
    path: `/admin/collections/users/${ids.get('users')}/overview`,
    ready: '.hub-card',
  },
  {
    name: 'tools: versions',
    path: `/admin/collections/tools/${ids.get('tools')}/versions`,
    ready: '.versions',
  },
  { name: 'tools: trash', path: '/admin/collections/tools/trash', ready: LIST },
  { name: 'active users: 24h', path: '/admin/active-users?range=24h', ready: VIEW },
  { name: 'active users: 90d', path: '/admin/active-users?range=90d', ready: VIEW },
  { name: 'active users: page 50', path: '/admin/active-users?range=30d&page=50', ready: VIEW },
  { name: 'plan fill', path: `/admin/plan-fill?plan=${ids.get('plans')}&above=0`, ready: VIEW },
  { name: 'plan fill: all plans', path: '/admin/plan-fill?above=80', ready: VIEW },
  { name: 'plan fill: 80 %', path: `/admin/plan-fill?plan=${ids.get('plans')}&above=80`, ready: VIEW },
  { name: 'ledger checks', path: '/admin/ledger', ready: VIEW },
  { name: 'settings', path: '/admin/globals/settings', ready: FORM },
  { name: 'account', path: '/admin/account', ready: FORM },
]

function filteredLists(ids: Map<string, string>): PanelPage[] {
  const list = (name: string, collection: string, query: string): PanelPage => ({
    name: `${collection}: ${name}`,
    path: `/admin/collections/${collection}?${query}`,
    ready: LIST,
  })
  const where = (field: string, operator: string, value: string | undefined) =>
    `where[or][0][and][0][${field}][${operator}]=${encodeURIComponent(value ?? '')}`
  const both = (first: string, second: string) => `${first}&${second.replace('[and][0]', '[and][1]')}`
  const since = where('createdAt', 'greater_than_equal', new Date(Date.now() - 30 * 86_400_000).toISOString())
  return [
    list('page 50', 'usage-logs', 'page=50'),
    list('of a user', 'usage-logs', where('user', 'equals', ids.get('users'))),
    list('of a tool', 'usage-logs', where('tool', 'equals', ids.get('tools'))),
    list('of a plan', 'usage-logs', where('plan', 'equals', ids.get('plans'))),
    list('of a key', 'usage-logs', where('apiKey', 'equals', ids.get('api-keys'))),
    list('of a user, 30 days', 'usage-logs', both(where('user', 'equals', ids.get('users')), since)),
    list('timeouts', 'usage-logs', where('status', 'equals', 'timeout')),
    list('timeouts, 30 days', 'usage-logs', both(where('status', 'in', 'timeout'), since)),
    list('trials', 'usage-logs', where('status', 'equals', 'trial')),
    list('under way', 'usage-logs', where('status', 'equals', 'pending')),
    list('most tokens', 'usage-logs', both(where('tokensUsed', 'greater_than', '100000000'), since)),
    list('of a request', 'usage-logs', where('requestId', 'equals', ids.get('usage-logs'))),
    list('search', 'users', 'search=somebody-77'),
    list('page 500', 'users', 'page=500'),
    list('search', 'subscriptions', 'search=somebody'),
    list('of a user', 'refusals', where('user', 'equals', ids.get('users'))),
    list('of a tool', 'refusals', where('tool', 'equals', ids.get('tools'))),
    list('of a user', 'alerts', where('user', 'equals', ids.get('users'))),
    list('by a user', 'audit-logs', where('actor', 'equals', ids.get('users'))),
    list('of a user', 'api-keys', where('user', 'equals', ids.get('users'))),
    list('of a user', 'subscriptions', where('user', 'equals', ids.get('users'))),
    list('of a plan', 'subscriptions', where('plan', 'equals', ids.get('plans'))),
    list('search', 'audit-logs', 'search=somebody@example.com'),
  ]
}
