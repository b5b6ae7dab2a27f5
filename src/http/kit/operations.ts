import type { SignedInCaller } from '../../domain/accounts/principal'
import { byPrincipal } from '../../domain/audit/record'
import type { Caller, OperationDeps } from '../../domain/operation/operation'
import type { ApiContext } from './envelope'
import { originOf } from './origin'
import type { Services } from './services'

/** What operations need of the process. */
export const depsOf = ({ pool, config }: Services): OperationDeps<Services['config']> => ({
  pool,
  config,
  now: null,
})

/** The caller of a request, as operations know them. */
export const callerOf = (services: Services, context: ApiContext, principal: SignedInCaller): Caller => ({
  userId: principal.userId,
  role: principal.role,
  via: principal.via,
  by: byPrincipal(principal, originOf(services, context)),
})
