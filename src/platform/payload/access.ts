import type { Access, FieldAccess, PayloadRequest, Where } from 'payload'
import { caller, type HubUser } from './caller'

/** An admin who signed in by password. An API key never has an admin's rights, even if an admin owns it. */
export function isAdminRequest(req: PayloadRequest): boolean {
  return isAdmin(req.user)
}

/** A user of the hub without an admin's powers. Users of a host's own collections are no customers. */
export function isCustomer(user: PayloadRequest['user']): boolean {
  return isHubUser(user) && !isAdmin(user)
}

/** Whether somebody signed in as a user of the hub, and not of a host's own collection. */
export function isHubUser(user: PayloadRequest['user']): boolean {
  return user?.collection === 'users'
}

function isAdmin(user: PayloadRequest['user']): boolean {
  const { role, via } = (user ?? {}) as Partial<HubUser>
  return isHubUser(user) && role === 'admin' && via === 'session'
}

/** Admins, and nobody else. */
export const adminsOnly: Access = ({ req }) => isAdminRequest(req)

/** The same for a field. */
export const adminsOnlyField: FieldAccess = ({ req }) => isAdminRequest(req)

/** Nobody, through any API: only the hub itself writes it. */
export const nobody: Access = () => false

/** The same for a field. */
export const nobodyField: FieldAccess = () => false

/** Everyone who is signed in, with any auth method. */
export const signedIn: Access = ({ req }) => caller(req) !== null

/** Admins see everything; other users see the documents whose `field` is their own id. */
export function adminsOrOwner(field: string): Access {
  return ({ req }) => {
    if (isAdminRequest(req)) return true
    const user = caller(req)
    return user ? ({ [field]: { equals: user.id } } as Where) : false
  }
}

/** Like `adminsOrOwner`, but an API key is not enough: it may not list or change keys and sessions. */
export function adminsOrOwnerSession(field: string): Access {
  return (args) => (caller(args.req)?.via === 'session' ? adminsOrOwner(field)(args) : false)
}

/** Admins see everything; others who are signed in only what `where` admits. */
export function adminsOrWhere(where: Where): Access {
  return ({ req }) => isAdminRequest(req) || (caller(req) ? where : false)
}
