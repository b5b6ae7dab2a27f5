import type { OwnHub, Reply } from '../../tests/support/own-hub'
import { Probes, type Row } from '../row'
import { type Account, graphql, newAdmin, shown } from '../stage/people'

/** Whatever is deleted, demoted or disabled, and at the same moment as what: one admin who can sign in is left. */
export const allAdmins: Row = {
  number: 'A5',
  title: 'All admins are deleted by one call',
  tried: 'deleting, demoting and disabling admins in bulk, in one document and at the same moment',
  destructive: true,
  run: async (stage) => {
    const own = await stage.hub('development')
    const probes = new Probes()
    const ways: Record<string, (admins: Account[]) => Promise<Reply[]>> = {
      'deleting by role': ([one]) => bulk(own, one, 'DELETE', 'where[role][equals]=admin'),
      'deleting by ids': (admins) => bulk(own, admins[0], 'DELETE', ids(admins)),
      'deleting everybody': ([one]) => bulk(own, one, 'DELETE', 'where[id][exists]=true'),
      'demoting in bulk': (admins) => bulk(own, admins[0], 'PATCH', ids(admins), { role: 'user' }),
      'disabling in bulk': (admins) => bulk(own, admins[0], 'PATCH', ids(admins), { disabled: true }),
      'deleting each in one GraphQL document': ([one, two]) =>
        document(own, one, `a: deleteUser(id: "${one?.id}") { id } b: deleteUser(id: "${two?.id}") { id }`),
      'demoting each in one GraphQL document': ([one, two]) =>
        document(
          own,
          one,
          `a: updateUser(id: "${two?.id}", data: { role: user }) { id } b: updateUser(id: "${one?.id}", data: { role: user }) { id }`,
        ),
      'two who delete each other at the same moment': ([one, two]) =>
        Promise.all([remove(own, one, two), remove(own, two, one)]),
      'two who delete themselves at the same moment': ([one, two]) =>
        Promise.all([remove(own, one, one), remove(own, two, two)]),
      'one who deletes while the other demotes': ([one, two]) =>
        Promise.all([
          remove(own, one, two),
          own.ask('PATCH', `/api/users/${one?.id}`, { token: two?.token ?? null, body: { role: 'user' } }),
        ]),
    }
    const admins: Account[] = []
    for (const [what, way] of Object.entries(ways)) await probes.play(what, () => survive(own, admins, way))
    return probes.list
  },
}

const bulk = async (own: OwnHub, by: Account | undefined, method: string, where: string, body?: object) => [
  await own.ask(method, `/api/users?${where}`, { token: by?.token ?? null, ...(body ? { body } : {}) }),
]

const ids = (admins: Account[]) => admins.map(({ id }, at) => `where[id][in][${at}]=${id}`).join('&')

const document = async (own: OwnHub, by: Account | undefined, fields: string) => [
  await graphql(own, `mutation { ${fields} }`, { token: by?.token ?? '' }),
]

const remove = (own: OwnHub, by: Account | undefined, whom: Account | undefined) =>
  own.ask('DELETE', `/api/users/${whom?.id}`, { token: by?.token ?? null })

/** The two admins of the row are the only ones meanwhile; the others come back after it. */
async function survive(own: OwnHub, admins: Account[], way: (admins: Account[]) => Promise<Reply[]>) {
  const sql = own.database.pool
  while (admins.length < 2) admins.push(await newAdmin(own))
  const mine = admins.map(({ id }) => id)
  const others = await sql.query<{ id: string }>(
    `update users set role = 'user' where role = 'admin' and id <> all ($1) returning id`,
    [mine],
  )
  try {
    const answers = await way(admins)
    const { rows } = await sql.query(`select from users where role = 'admin' and disabled is not true`)
    const said = answers.map((answer) => shown(answer).slice(0, 120)).join(' and ')
    return { held: rows.length > 0, seen: `${rows.length} admins are left; the hub responded ${said}` }
  } finally {
    const back = [...mine, ...others.rows.map(({ id }) => id)]
    const alive = await sql.query<{ id: string }>(
      `update users set role = 'admin', disabled = false where id = any ($1) returning id`,
      [back],
    )
    const isAlive = ({ id }: Account) => alive.rows.some((row) => row.id === id)
    admins.splice(0, admins.length, ...admins.filter(isAlive))
  }
}
