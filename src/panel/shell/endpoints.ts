import { addDataAndFileToRequest, type Endpoint, type PayloadRequest } from 'payload'
import { z } from 'zod'
import { accountsDeps } from '../../domain/accounts/payload/deps'
import { payloadBy } from '../../domain/audit/payload-by'
import { runLedgerCheck } from '../../domain/usage/ledger-report'
import { Problem } from '../../platform/kernel/problem'
import { isAdminRequest } from '../../platform/payload/access'
import { caller } from '../../platform/payload/caller'
import { UUID } from '../../platform/payload/payload-sql'
import { runtime } from '../../platform/runtime/runtime'
import { readInput } from '../parts/read-input'
import { whatIf } from '../plans/what-if'
import { correctFromPanel } from '../usage/correct'
import { readUserAction } from '../user/action-input'
import { performUserAction } from '../user/perform'

/** The endpoints of the hub's own views in the panel. Each first checks the caller: only admins, with a session. */
export const panelEndpoints: Endpoint[] = [
  post('/panel/ledger/check', async () => {
    const report = await runLedgerCheck(runtime().pool, 'admin')
    if (!report) throw new Problem('CONFLICT', 'Another ledger check is under way.')
    return { drift_count: report.drift_count }
  }),
  post('/panel/users/:id/actions', async (req, userId, { preview, ...sent }) => ({
    effects: await performUserAction({
      pool: runtime().pool,
      config: accountsDeps().config,
      userId,
      by: adminOf(req),
      action: readUserAction(sent),
      preview: preview === true,
    }),
  })),
  post('/panel/usage/:id/corrections', async (req, usageId, { preview, ...sent }) => ({
    effects: await correctFromPanel({
      pool: runtime().pool,
      by: adminOf(req),
      usageId,
      sent,
      preview: preview === true,
    }),
  })),
  post('/panel/plans/:id/what-if', (_req, planId, sent) =>
    whatIf(runtime().pool, planId, readInput(Draft, sent, { message: WHOLE_LIMITS }), new Date()),
  ),
]

const adminOf = (req: PayloadRequest) => ({ ...payloadBy(req), userId: caller(req)?.id as string })

type Work = (req: PayloadRequest, id: string, sent: Record<string, unknown>) => Promise<object>

function post(path: string, work: Work): Endpoint {
  return {
    path,
    method: 'post',
    handler: async (req) => {
      if (!caller(req)) throw new Problem('UNAUTHORIZED', 'Sign in first.')
      if (!isAdminRequest(req))
        throw new Problem('FORBIDDEN', 'Only admins may do this, signed in with their password.')
      const id = String(req.routeParams?.id ?? '')
      if (path.includes(':id') && !UUID.test(id)) throw new Problem('NOT_FOUND', 'There is no such document.')
      await addDataAndFileToRequest(req)
      const answer = await work(req, id.toLowerCase(), (req.data ?? {}) as Record<string, unknown>)
      return Response.json(answer, { headers: { 'cache-control': 'no-store' } })
    },
  }
}

const limit = z.number().int().min(1)
const Draft = z.object({ tokenLimit: limit, requestsPerMinute: limit, burst: limit, callsAtOnce: limit })
const WHOLE_LIMITS = 'Each limit is a whole number of at least 1'
