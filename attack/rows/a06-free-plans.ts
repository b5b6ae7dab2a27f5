import type { OwnHub, Reply } from '../../tests/support/own-hub'
import { until } from '../../tests/support/until'
import { type Finding, Probes, type Row } from '../row'
import { graphql, newAccount, newPassword, shown, tryLogin, unique } from '../stage/people'
import type { Stage } from '../stage/stage'

/** A production hub as it comes gives nothing away that has a price, and knows whose address an account has. */
export const freePlans: Row = {
  number: 'A6',
  title: 'A fresh production hub gives its plans away',
  tried: 'choosing plans that have a price, and signing in with an address that nobody confirmed',
  run: async (stage) => {
    const own = await stage.hub('production')
    const probes = new Probes()
    for (const plan of ['enterprise', 'pro']) {
      await probes.play(`choosing ${plan}`, () => chooses(own, plan))
      await probes.play(`choosing ${plan} through GraphQL`, () => choosesByGraphql(own, plan))
    }
    await probes.play('choosing free, then enterprise', async () => {
      const { token } = await newAccount(own)
      const free = await subscribe(own, token, 'free')
      const dear = await subscribe(own, token, 'enterprise')
      return {
        held: free.status === 200 && isRefused(dear),
        seen: `free got ${free.status}, enterprise ${shown(dear)}`,
      }
    })
    await probes.play('the list says which plans can be chosen', () => listsChoosable(own))
    await probes.play('a subscription of one made through the generated API', async () => {
      const { id, token } = await newAccount(own)
      const plans = await own.database.pool.query<{ id: string }>(
        `select id from plans where name = 'enterprise'`,
      )
      const body = { user: id, plan: plans.rows[0]?.id, status: 'active' }
      const made = await own.ask('POST', '/api/subscriptions', { token, body })
      return { held: made.status >= 400, seen: `POST /api/subscriptions got ${made.status}` }
    })
    const open = await stage.hub('https')
    await probes.play('with PAYMENTS=off a plan with a price can be chosen', async () => {
      const { token } = await newAccount(open)
      const chosen = await subscribe(open, token, 'enterprise')
      return { held: chosen.status === 200, seen: `enterprise got ${chosen.status}` }
    })
    await probes.play('signing in to an account whose address nobody confirmed', () =>
      unconfirmed(stage, open),
    )
    return probes.list
  },
}

const subscribe = (own: OwnHub, token: string, plan: string) =>
  own.ask('POST', '/api/v1/subscriptions/subscribe', { token, body: { plan } })

const isRefused = ({ status, text }: Reply) => status === 403 && text.includes('PLAN_NOT_AVAILABLE')

async function chooses(own: OwnHub, plan: string): Promise<Finding> {
  const { token } = await newAccount(own)
  const answer = await subscribe(own, token, plan)
  return { held: isRefused(answer) && /"field":"plan"/.test(answer.text), seen: shown(answer) }
}

async function choosesByGraphql(own: OwnHub, plan: string): Promise<Finding> {
  const { token } = await newAccount(own)
  const answer = await graphql(own, `mutation { subscribe(plan: "${plan}") { plan } }`, { token })
  return { held: answer.text.includes('PLAN_NOT_AVAILABLE'), seen: shown(answer) }
}

/** Whatever the field is called: something beside its price must tell a plan that can be chosen from one that cannot. */
async function listsChoosable(own: OwnHub): Promise<Finding> {
  const { token } = await newAccount(own)
  const { body } = await own.ask('GET', '/api/v1/subscriptions/plans', { token })
  const plans = body.data as Record<string, unknown>[]
  const flagsOf = (name: string) => {
    const plan = plans.find((one) => one.name === name) ?? {}
    return Object.fromEntries(Object.entries(plan).filter(([, value]) => typeof value === 'boolean'))
  }
  const [free, dear] = [flagsOf('free'), flagsOf('enterprise')]
  return {
    held: JSON.stringify(free) !== JSON.stringify(dear),
    seen: `free ${JSON.stringify(free)}, enterprise ${JSON.stringify(dear)}`,
  }
}

/** Refused with the right password, and a fresh link is mailed; not with a wrong one. */
async function unconfirmed({ mail }: Stage, own: OwnHub): Promise<Finding> {
  const [email, password] = [`${unique('new')}@example.org`, newPassword()]
  await own.ask('POST', '/api/v1/auth/register', { body: { name: 'New', email, password } })
  const mails = () => mail.mails().filter(({ to }) => to === email).length
  await until('the first mail', () => mails() > 0)
  const wrong = await tryLogin(own, email, newPassword())
  const right = await tryLogin(own, email, password)
  const isNotIn = right.status === 403 && right.text.includes('EMAIL_NOT_CONFIRMED')
  const isMailed = isNotIn && (await until('a fresh link', () => mails() > 1, 15_000).catch(() => false))
  const seen = `a wrong password got ${wrong.status}, the right one ${shown(right)}; ${mails()} mails`
  return { held: wrong.status === 401 && isNotIn && isMailed === true, seen }
}
