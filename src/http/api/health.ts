import { z } from '@hono/zod-openapi'
import { isDatabaseAway } from '../../platform/database/database-away'
import { type ApiContext, sendJson } from '../kit/envelope'
import { BASE, type Registry } from '../kit/registry'
import type { Services } from '../kit/services'

const READY_WITHIN_MS = 2_000

const Health = z.object({ status: z.literal('ok') }).openapi('Health')
const Ready = z.object({ status: z.literal('ready'), database: z.literal('connected') }).openapi('Ready')
const NotReady = z
  .object({ status: z.literal('not_ready'), database: z.literal('disconnected') })
  .openapi('NotReady')

const requestIdHeader = {
  'X-Request-ID': { schema: { type: 'string' as const, format: 'uuid' }, description: "The request's id." },
}

/** Adds `/health` (the process runs) and `/ready` (it can serve), at the root and under the API. */
export function addHealth(registry: Registry): void {
  for (const base of ['', BASE]) {
    const id = base === '' ? 'Root' : ''
    document(registry, `${base}/health`, `getHealth${id}`, 'Liveness: is the process running?', {
      200: Health,
    })
    document(registry, `${base}/ready`, `getReady${id}`, 'Readiness: can it serve requests?', {
      200: Ready,
      503: NotReady,
    })
    registry.route('get', `${base}/health`, async (c) => sendJson(c, 200, { status: 'ok' }))
    registry.route('get', `${base}/ready`, (c) => sendReadiness(c, registry.services))
  }
}

async function sendReadiness(c: ApiContext, services: Services): Promise<Response> {
  if (await canQuery(services)) return sendJson(c, 200, { status: 'ready', database: 'connected' })
  const body = { status: 'not_ready', database: 'disconnected' }
  return sendJson(c, 503, body, { 'retry-after': '2' })
}

/** True if the database responds within two seconds. */
async function canQuery({ pool, log }: Services): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), READY_WITHIN_MS)
  })
  const answered = pool.query('select 1').then(
    () => true,
    (error: unknown) => {
      if (!isDatabaseAway(error)) log.error({ err: error }, 'readiness')
      return false
    },
  )
  return Promise.race([answered, late]).finally(() => clearTimeout(timer))
}

function document(
  registry: Registry,
  path: string,
  operationId: string,
  summary: string,
  answers: Record<number, z.ZodType>,
): void {
  const responses = Object.entries(answers).map(([status, schema]) => [
    status,
    {
      description: status === '200' ? 'Yes.' : 'No.',
      headers: requestIdHeader,
      content: { 'application/json': { schema } },
    },
  ])
  registry.app.openAPIRegistry.registerPath({
    method: 'get',
    path,
    operationId,
    tags: ['Health'],
    summary,
    security: [],
    responses: Object.fromEntries(responses),
  })
}
