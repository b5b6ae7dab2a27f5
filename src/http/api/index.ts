import type { Problem } from '../../platform/kernel/problem'
import { logRequest } from '../../platform/log/log'
import { loggedMessage } from '../../platform/log/logged-error'
import { respond } from '../kit/envelope'
import { type Exchange, openExchange, type ServerEnv } from '../kit/exchange'
import { toProblem } from '../kit/failures'
import { answerUnrouted } from '../kit/fallback'
import { keepRefusedRequest } from '../kit/keep-refused'
import { openApiDocument } from '../kit/openapi'
import { BASE, Registry } from '../kit/registry'
import type { Services } from '../kit/services'
import { addMcp } from '../mcp/routes'
import { addOpenAi } from '../openai/routes'
import { addAdminGrants } from './admin-grants'
import { addAdminLedger } from './admin-ledger'
import { addAdminMcp } from './admin-mcp'
import { addAdminStats } from './admin-stats'
import { addAdminTools } from './admin-tools'
import { addAdminUsers } from './admin-users'
import { addApiKeys } from './api-keys'
import { addAuth } from './auth'
import { addDocsPage } from './docs-page'
import { addHealth } from './health'
import { addInvoke } from './invoke'
import { addMailedLinks } from './mailed-links'
import { addSessions } from './sessions'
import { addSubscriptions } from './subscriptions'
import { addTools } from './tools'
import { addTryTool } from './try-tool'
import { addUsage } from './usage'
import { addUsers } from './users'

export interface Api {
  /** Answers one request of `/api/v1/*`, `/health` or `/ready`. Never throws. */
  fetch(request: Request, env?: ServerEnv): Promise<Response>
  /** The OpenAPI 3.1 document. */
  openapi(): object
}

/** The versioned API as one fetch handler. `env.remoteAddress` is the other end of the socket. */
export function createApi(services: Services): Api {
  const registry = new Registry(services)
  for (const add of GROUPS) add(registry)
  const document = openApiDocument(registry.app, services.config.hubUrl)
  addDocument(registry, document)
  addFailures(registry)
  return {
    openapi: () => document,
    fetch: (request, env) => answer(registry, request, env),
  }
}

/** Literal paths stand before those with a parameter in the same place. */
const GROUPS = [
  addHealth,
  addAuth,
  addMailedLinks,
  addUsers,
  addSessions,
  addApiKeys,
  addInvoke,
  addTools,
  addUsage,
  addSubscriptions,
  addAdminUsers,
  addAdminGrants,
  addAdminStats,
  addAdminLedger,
  addTryTool,
  addAdminTools,
  addAdminMcp,
  addMcp,
  addDocsPage,
  addOpenAi,
]

function addDocument(registry: Registry, document: object): void {
  const text = JSON.stringify(document)
  registry.route('get', `${BASE}/openapi.json`, async (c) =>
    respond(c, 200, text, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-cache' }),
  )
}

function addFailures(registry: Registry): void {
  const { app, services } = registry
  app.notFound((c) => answerUnrouted(registry, c))
  app.onError((error, c) => {
    const problem = toProblem(error)
    const request_id = c.env.requestId
    keepRefusedRequest(c, problem)
    if (problem.code === 'INTERNAL') services.log.error({ err: error, request_id }, 'unexpected')
    // While the database is away every request comes by here: a line each, without a stack.
    if (problem.code === 'NOT_READY')
      services.log.warn({ request_id, reason: reasonOf(problem) }, 'not ready')
    return registry.sendProblem(c, problem)
  })
}

const reasonOf = ({ cause, message }: Problem) => (cause instanceof Error ? loggedMessage(cause) : message)

async function answer(registry: Registry, request: Request, env: ServerEnv | undefined): Promise<Response> {
  const startedAt = performance.now()
  const { config, log } = registry.services
  const exchange = openExchange(request, env, config)
  const response = await registry.app.fetch(request, exchange)
  const line = () => toLine(request.method, exchange, performance.now() - startedAt)
  if (exchange.streaming) void exchange.streaming.then(() => logRequest(log, line()))
  // The answer leaves first.
  else setImmediate(logRequest, log, line())
  return response
}

function toLine(method: string, exchange: Exchange, tookMs: number) {
  return {
    request_id: exchange.requestId,
    method,
    route: exchange.route ?? 'none',
    status: exchange.status,
    duration_ms: Math.round(tookMs * 10) / 10,
    user_id: exchange.userId,
  }
}
