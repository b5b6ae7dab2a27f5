import type { OwnHub } from '../../tests/support/own-hub'
import { Probes, type Row } from '../row'
import { newAddress, register, tryLogin } from '../stage/people'
import { together } from '../stage/timing'

const WRONG = 'Wr0ng-horse-battery!'

/** Wrong passwords of strangers keep a stranger out, and never the owner. */
export const lockingOut: Row = {
  number: 'A12',
  title: 'Anybody locks anybody out',
  tried: 'wrong passwords for one account from one network and from many, then its right one',
  run: async (stage) => {
    const own = await stage.hub('development')
    const probes = new Probes()
    await probes.play('ten wrong passwords from one address', async () => {
      const { victim, home } = await settled(own)
      const attacker = newAddress()
      await fail(own, victim.email, 12, () => attacker)
      return getsIn(own, victim, home)
    })
    await probes.play(
      'the same, for an owner who comes from an address of whom nothing is known',
      async () => {
        const victim = await register(own)
        const attacker = newAddress()
        await fail(own, victim.email, 12, () => attacker)
        return getsIn(own, victim, newAddress())
      },
    )
    await probes.play('ten wrong passwords from one IPv6 network', async () => {
      const { victim, home } = await settled(own)
      let host = 1
      await fail(own, victim.email, 12, () => `2001:db8:77:1::${(host++).toString(16)}`)
      const inside = await tryLogin(own, victim.email, victim.password, '2001:db8:77:1::ffff')
      const finding = await getsIn(own, victim, home)
      const isOne = inside.status === 401
      return {
        held: finding.held && isOne,
        seen: `${finding.seen}; the same /64 with the right password got ${inside.status}`,
      }
    })
    await probes.play('thirty wrong passwords from thirty addresses', async () => {
      const { victim, home } = await settled(own)
      await fail(own, victim.email, 32, newAddress)
      return getsIn(own, victim, home)
    })
    await probes.play('the address that failed is kept out, in the words of a wrong password', async () => {
      const { victim } = await settled(own)
      const attacker = newAddress()
      const wrong = await fail(own, victim.email, 12, () => attacker)
      const right = await tryLogin(own, victim.email, victim.password, attacker)
      const isSame = wrong === messageOf(right.body)
      return {
        held: right.status === 401 && isSame,
        seen: `the right password got ${right.status} there; same words: ${isSame}`,
      }
    })
    await probes.play(
      'a hundred failures from everywhere: the owner gets in, a stranger with the right password does not',
      async () => {
        const { victim, home } = await settled(own)
        await fail(own, victim.email, 110, newAddress)
        const stranger = await tryLogin(own, victim.email, victim.password)
        const finding = await getsIn(own, victim, home)
        return {
          held: finding.held && stranger.status === 401,
          seen: `${finding.seen}; a network that was never seen got ${stranger.status} with the right password`,
        }
      },
    )
    await probes.play('the same through the generated API', async () => {
      const { victim, home } = await settled(own)
      const attacker = newAddress()
      const login = (password: string, address: string) =>
        own.ask('POST', '/api/users/login', {
          body: { email: victim.email, password },
          headers: { 'x-forwarded-for': address },
        })
      await together(4, 12, () => login(WRONG, attacker))
      const { status } = await login(victim.password, home)
      return { held: status === 200, seen: `the owner got ${status}` }
    })
    return probes.list
  },
}

type Victim = { email: string; password: string }

/** Somebody who signed in from home before. */
async function settled(own: OwnHub): Promise<{ victim: Victim; home: string }> {
  const [victim, home] = [await register(own), newAddress()]
  const { status } = await tryLogin(own, victim.email, victim.password, home)
  if (status !== 200) throw new Error(`the owner's first sign-in got ${status}`)
  return { victim, home }
}

/** Returns the words of the last refusal. */
async function fail(own: OwnHub, email: string, times: number, address: () => string): Promise<string> {
  const answers = await together(8, times, () => tryLogin(own, email, WRONG, address()))
  const opened = answers.find(({ status }) => status === 200)
  if (opened) throw new Error('a wrong password got in')
  return messageOf(answers.find(({ status }) => status === 401)?.body ?? {})
}

const messageOf = (body: Record<string, unknown>) =>
  String((body.error as { message?: string } | undefined)?.message)

async function getsIn(own: OwnHub, { email, password }: Victim, address: string) {
  const { status } = await tryLogin(own, email, password, address)
  return { held: status === 200, seen: `the owner got ${status} with the right password` }
}
