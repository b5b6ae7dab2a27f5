import type { OwnHub, Reply } from '../../tests/support/own-hub'
import { Probes, type Row } from '../row'
import {
  type Account,
  graphql,
  newAccount,
  newAdmin,
  newPassword,
  register,
  shown,
  tryLogin,
} from '../stage/people'

/** A password, a key or a secret that was sent for one document never lands on another one. */
export const passwordOnOther: Row = {
  number: 'A2',
  title: 'A password lands on another account',
  tried: 'two mutations in one document, the first of which fails after its password was hashed',
  run: async (stage) => {
    const own = await stage.hub('development')
    const probes = new Probes()
    const [me, other, third] = [await newAdmin(own), await newAccount(own), await newAccount(own)]
    const failing: Record<string, (password: string) => string> = {
      'a failed change of another account': (password) =>
        `a: updateUser(id: "${other.id}", data: { password: "${password}", email: "bad" }) { id }`,
      'a failed change of an account that does not exist': (password) =>
        `a: updateUser(id: "${crypto.randomUUID()}", data: { password: "${password}" }) { id }`,
      'a failed new account': (password) =>
        `a: createUser(data: { name: "N", email: "bad", role: user, password: "${password}" }) { id }`,
      'a new account whose email is taken': (password) =>
        `a: createUser(data: { name: "N", email: "${other.email}", role: user, password: "${password}" }) { id }`,
    }
    for (const [at, [what, first]] of Object.entries(failing).entries()) {
      const victim = at % 2 === 0 ? me : third
      await probes.play(`${what}, then a new name for ${victim === me ? 'oneself' : 'a third account'}`, () =>
        carry(own, me, victim, first),
      )
    }
    await probes.play('a password for one account, then a new name for another', () =>
      carry(
        own,
        me,
        third,
        (password) => `a: updateUser(id: "${other.id}", data: { password: "${password}" }) { id }`,
      ),
    )
    await probes.play('a new account, then a failed and a good change of others', async () => {
      const account = await register(own)
      const create = `a: createUser(data: { name: "N", email: "bad", role: user, password: "${newPassword()}" }) { id }`
      const rename = `b: updateUser(id: "${account.id}", data: { name: "New name" }) { id }`
      const answer = await graphql(own, `mutation { ${create} ${rename} }`, { token: me.token })
      return stillSignsIn(own, account, answer)
    })
    return probes.list
  },
}

/** Plays the document; the victim must still sign in by their own password, and not by the other one. */
async function carry(own: OwnHub, me: Account, victim: Account, first: (password: string) => string) {
  const password = newPassword()
  const rename = `b: updateUser(id: "${victim.id}", data: { name: "New name" }) { id }`
  const answer = await graphql(own, `mutation { ${first(password)} ${rename} }`, { token: me.token })
  const stolen = await tryLogin(own, victim.email, password)
  const seen = `the document got ${shown(answer)}; a sign-in with the other password got ${stolen.status}`
  const held = stolen.status === 401
  // What a hub without the mend did is taken back, so that each probe begins alike.
  if (!held) await restore(own, victim)
  return { held, seen }
}

async function stillSignsIn(own: OwnHub, account: { email: string; password: string }, answer: Reply) {
  const { status } = await tryLogin(own, account.email, account.password)
  return { held: status === 200, seen: `the document got ${answer.status}; the own password got ${status}` }
}

async function restore(own: OwnHub, victim: Account): Promise<void> {
  const data = { password: victim.password }
  await own.ask('PATCH', `/api/users/${victim.id}`, { token: own.admin, body: data })
  victim.token = await own.signIn(victim.email, victim.password)
}
