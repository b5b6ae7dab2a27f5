import type { OwnHub } from '../../tests/support/own-hub'
import { Probes, type Row } from '../row'
import { type Account, newAccount, newAddress, register, tryLogin } from '../stage/people'

const FLOOD_CONNECTIONS = 40
const KEPT_SESSIONS = 400

/** One account, whoever has it, leaves room for the sign-ins of all others. */
export const signInFlood: Row = {
  number: 'A8',
  title: 'One account denies sign-in to all',
  tried: 'forty connections that sign in with one valid account, from one address and from many',
  run: async (stage) => {
    const own = await stage.hub('development')
    const probes = new Probes()
    const flooder = await register(own)
    const others = [await register(own), await register(own), await register(own)]
    await probes.play('others sign in meanwhile; the flood comes from one address', () => {
      const address = newAddress()
      return othersGetIn(own, flooder, others, () => address)
    })
    await probes.play('successful sign-ins of one account have a limit, from many addresses', async () => {
      const account = await register(own)
      const statuses = await flood(own, account, 80, newAddress)
      const opened = statuses.filter((status) => status === 200).length
      const { rows } = await own.database.pool.query('select from sessions where user_id = $1', [account.id])
      return {
        held: opened < 80 && rows.length < 80,
        seen: `${opened} of 80 sign-ins one after another opened a session`,
      }
    })
    await probes.play('sessions do not pile up; the oldest ends', () => areCapped(own))
    await probes.play('an office with many accounts behind one address signs in', async () => {
      const address = newAddress()
      const office = [...others, await register(own), await register(own)]
      const statuses: number[] = []
      for (const { email, password } of [...office, ...office])
        statuses.push((await tryLogin(own, email, password, address)).status)
      return { held: statuses.every((status) => status === 200), seen: statuses.join(', ') }
    })
    return probes.list
  },
}

type Known = Pick<Account, 'email' | 'password'>

async function othersGetIn(own: OwnHub, flooder: Known, others: Known[], address: () => string) {
  let isOver = false
  let [opened, refused] = [0, 0]
  const line = async () => {
    while (!isOver) {
      const { status } = await tryLogin(own, flooder.email, flooder.password, address())
      if (status === 200) opened += 1
      else refused += 1
    }
  }
  const flooding = Array.from({ length: FLOOD_CONNECTIONS }, line)
  const statuses: number[] = []
  for (let round = 0; round < 2; round += 1)
    for (const { email, password } of others) statuses.push((await tryLogin(own, email, password)).status)
  isOver = true
  await Promise.all(flooding)
  const denied = statuses.filter((status) => status !== 200).length
  return {
    held: denied === 0,
    seen: `${denied} of ${statuses.length} sign-ins of others were refused, beside ${opened} of the flood that got in and ${refused} that did not`,
  }
}

async function flood(own: OwnHub, { email, password }: Known, times: number, address: () => string) {
  const statuses: number[] = []
  let left = times
  const line = async () => {
    while (left > 0 && !statuses.includes(429)) {
      left -= 1
      statuses.push((await tryLogin(own, email, password, address())).status)
    }
  }
  await Promise.all([line(), line()])
  return statuses
}

/** Sessions that are there already, older ones first, and one sign-in. */
async function areCapped(own: OwnHub) {
  const account = await newAccount(own)
  const sql = own.database.pool
  await sql.query(
    `insert into sessions (id, user_id, created_at, last_used_at, expires_at)
     select gen_random_uuid(), $1, now() - n * interval '1 second', now() - n * interval '1 second', now() + interval '1 day'
     from generate_series(1, ${KEPT_SESSIONS}) n`,
    [account.id],
  )
  const newest = await own.signIn(account.email, account.password)
  const live = await sql.query<{ oldest: string }>(
    `select extract(epoch from now() - created_at) as oldest from sessions
     where user_id = $1 and revoked_at is null and expires_at > now() order by created_at`,
    [account.id],
  )
  const me = await own.ask('GET', '/api/v1/users/me', { token: newest })
  const oldest = Math.round(Number(live.rows[0]?.oldest ?? 0))
  return {
    held: live.rows.length < KEPT_SESSIONS && oldest < KEPT_SESSIONS && me.status === 200,
    seen: `${live.rows.length} of ${KEPT_SESSIONS + 2} sessions live on, the oldest opened ${oldest} s ago; the newest gets ${me.status}`,
  }
}
