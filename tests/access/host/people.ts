import type { PayloadRequest } from 'payload'
import { newUser, PASSWORD, unique } from '../../support/people'
import type { Host } from './start'

/** Who asks the host. An admin's key has no admin's powers, so it is a customer's. */
export const CALLERS = ['nobody', 'customer', "customer's key", "admin's key", 'admin', 'staff'] as const
export type Caller = (typeof CALLERS)[number]
export const CLOSED_OUT: Caller[] = ['customer', "customer's key", "admin's key"]

export type Person = { id: string; headers: Record<string, string>; user: PayloadRequest['user'] }
export type People = Record<Caller, Person>

/** Each caller with a credential of theirs, and the user that Payload makes of it. */
export async function hostPeople(host: Host): Promise<People> {
  const [customer, admin] = [await newUser(), await newUser()]
  await host.database.pool.query(`update users set role = 'admin' where id = $1`, [admin.id])
  const person = async (id: string, headers: Record<string, string>): Promise<Person> => {
    const { user } = await host.payload.auth({ headers: new Headers(headers) })
    if ((user?.id ?? '') !== id) throw new Error(`${JSON.stringify(headers)} is not ${id}`)
    return { id, headers, user: user as PayloadRequest['user'] }
  }
  const [bearer, adminBearer] = [bearerOf(customer.token), bearerOf(admin.token)]
  const staff = await newStaff(host)
  return {
    nobody: await person('', {}),
    customer: await person(customer.id, bearer),
    "customer's key": await person(customer.id, await keyOf(host, bearer)),
    "admin's key": await person(admin.id, await keyOf(host, adminBearer)),
    admin: await person(admin.id, adminBearer),
    staff: await person(staff.id, bearerOf(staff.token)),
  }
}

const bearerOf = (token: string) => ({ authorization: `Bearer ${token}` })

/** A request in JSON. */
export function json(method: string, path: string, headers: Record<string, string>, body?: object): Request {
  return new Request(`http://localhost${path}`, {
    method,
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
}

async function keyOf(host: Host, headers: Record<string, string>) {
  const made = await host.rest(json('POST', '/api/api-keys', headers, { name: 'a key' }))
  const { doc } = (await made.json()) as { doc: { key: string } }
  return { 'x-api-key': doc.key }
}

/** Somebody of the host's own auth collection, who signs in by Payload's own strategy. */
async function newStaff(host: Host): Promise<{ id: string; token: string }> {
  const email = `${unique('staff')}@example.org`
  await host.payload.create({ collection: 'staff' as never, data: { email, password: PASSWORD } as never })
  const signedIn = await host.rest(json('POST', '/api/staff/login', {}, { email, password: PASSWORD }))
  const { user, token } = (await signedIn.json()) as { user: { id: string }; token: string }
  return { id: user.id, token }
}
