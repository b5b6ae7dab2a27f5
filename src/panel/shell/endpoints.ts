import { addDataAndFileToRequest, type Endpoint, type PayloadRequest } from 'payload'
import { z } from 'zod'
import { accountsDeps } from '../../domain/accounts/payload/deps'
import { payloadBy } from '../../domain/audit/payload-by'
import { correctUsage } from '../../domain/ledger/operations/correct-usage'
import { type Caller, carryOut } from '../../domain/operation/operation'
import { runLedgerCheck } from '../../domain/usage/ledger-report'
import { Problem } from '../../platform/kernel/problem'
import { readInput } from '../../platform/kernel/read-input'
import { adminEndpoint } from '../../platform/payload/admin-endpoint'
import type { HubUser } from '../../platform/payload/caller'
import { UUID } from '../../platform/payload/payload-sql'
import { runtime } from '../../platform/runtime/runtime'
import { whatIf } from '../plans/what-if'
import { userAction } from '../user/user-actions'

type Sent = Record<string, unknown>

/** The endpoints of the hub's own views in the panel: only for admins, with a session. */
export const panelEndpoints: Endpoint[] = [
  adminEndpoint('/panel/ledger/check', async () => {
    const report = await runLedgerCheck(runtime().pool, 'admin')
    if (!report) throw new Problem('CONFLICT', 'Another ledger check is running.')
    return { drift_count: report.drift_count }
  }),
  adminEndpoint('/panel/users/:id/actions', async (req, admin) => {
    const { action, preview, ...input } = await readSent(req)
    const request = { subjectId: idOf(req), input, caller: callerOf(req, admin), preview: preview === true }
    const { effects } = await carryOut(userAction(action), deps(), request)
    return { effects }
  }),
  adminEndpoint('/panel/usage/:id/corrections', async (req, admin) => {
    const { preview, ...sent } = await readSent(req)
    const input = sent as z.input<typeof correctUsage.input>
    const request = { subjectId: idOf(req), input, caller: callerOf(req, admin), preview: preview === true }
    const { effects } = await carryOut(correctUsage, deps(), request)
    return { effects }
  }),
  adminEndpoint('/panel/plans/:id/what-if', async (req) => {
    const planId = idOf(req)
    const draft = readInput(Draft, await readSent(req), { message: WHOLE_LIMITS })
    return whatIf(runtime().pool, planId, draft, new Date())
  }),
]

const deps = () => ({ pool: runtime().pool, config: accountsDeps().config, now: null })

const callerOf = (req: PayloadRequest, { id, role, via }: HubUser): Caller => ({
  userId: id,
  role,
  via,
  by: payloadBy(req),
})

function idOf({ routeParams }: PayloadRequest): string {
  const id = String(routeParams?.id ?? '')
  if (!UUID.test(id)) throw new Problem('NOT_FOUND', 'There is no such document.')
  return id.toLowerCase()
}

async function readSent(req: PayloadRequest): Promise<Sent> {
  await addDataAndFileToRequest(req)
  return (req.data ?? {}) as Sent
}

const limit = z.number().int().min(1)
const Draft = z.object({ tokenLimit: limit, requestsPerMinute: limit, burst: limit, callsAtOnce: limit })
const WHOLE_LIMITS = 'Each limit is a whole number of at least 1'
