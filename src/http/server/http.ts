import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { SanitizedConfig } from 'payload'
import { v7 as uuidv7, validate } from 'uuid'
import { clientAddress } from '../../platform/kernel/client-address'
import { type Log, logRequest } from '../../platform/log/log'
import { openContext } from '../../platform/payload/request-context'
import { answerAccountPage, PAGE_POLICY } from '../account-pages/answer'
import { type DirectReply, REPLIED_DIRECTLY } from '../kit/plain-answer'
import type { GeneratedApi } from '../payload/generated-api'
import { refuseForeignPage } from '../payload/panel-guard'
import { BASE_POLICY, setPanelPolicy } from '../payload/panel-policy'
import type { Panel } from './panel-port'
import { readTarget } from './request-target'
import { sendPlain } from './send-plain'
import { asksForWebSocket, forwardLiveReload, refuseWebSocket } from './upgrade'

type ServerDeps = {
  api: {
    fetch(request: Request, env: { remoteAddress: string; tray: DirectReply }): Response | Promise<Response>
  }
  generated: GeneratedApi
  panel: Panel | null
  payloadConfig: SanitizedConfig
  trustProxy: number
  secure: boolean
  log: Log
}

const VERSIONED = /^\/(api\/v1|v1|mcp|health|ready)(\/|$)/
const GENERATED = /^\/api(\/|$)/

/**
 * The hub's one HTTP server: the versioned API and Payload's generated one are answered here, the panel by Next.
 */
export function createHttpServer(deps: ServerDeps): Server {
  const versioned = listener(async (request, remoteAddress, outgoing) => {
    const tray: DirectReply = { answer: undefined }
    const response = await deps.api.fetch(request, { remoteAddress, tray })
    return response === REPLIED_DIRECTLY && tray.answer ? sendPlain(tray.answer, outgoing) : response
  })
  const generated = listener((request, remote) => {
    const address = clientAddress(request.headers, remote, deps.trustProxy) ?? 'unknown'
    return deps.generated(request, address)
  })
  const settings = { requestTimeout: 60_000, headersTimeout: 20_000, keepAliveTimeout: 65_000 }
  const server = createServer(settings, (req, res) => {
    if (asksForWebSocket(req)) return refuseWebSocket(res)
    const target = readTarget(req)
    if (!('path' in target)) return void refuse(res, target.status, target.message)
    const { path } = target
    if (VERSIONED.test(path)) return void versioned(req, res)
    const isGenerated = GENERATED.test(path)
    if (!isGenerated && !deps.panel && !path.startsWith('/account/')) return void versioned(req, res)
    secure(res, deps.secure)
    logWhenDone(deps.log, req, res, isGenerated ? path : panelRoute(path))
    if (isGenerated) return void generated(req, res)
    if (path.startsWith('/account/') && sendAccountPage(req, res, path)) return
    if (!deps.panel) return void versioned(req, res)
    if (path === '/favicon.ico') return void res.writeHead(204).end()
    if (path === '/') return void res.writeHead(307, { Location: '/admin' }).end()
    if (refuseForeignPage(req, res, deps.payloadConfig)) return
    setPanelPolicy(req, res, deps.panel.dev)
    return void deps.panel.handle(req, res)
  })
  if (deps.panel?.dev) forwardLiveReload(server, deps.panel)
  return server
}

/** Refuses a request that reaches no endpoint, in the format of the versioned API. */
function refuse(res: ServerResponse, status: 400 | 405, message: string): void {
  const requestId = uuidv7()
  const code = status === 405 ? 'METHOD_NOT_ALLOWED' : 'VALIDATION_ERROR'
  const body = { data: null, error: { code, message, details: [] }, meta: { request_id: requestId } }
  const headers = {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'X-Request-ID': requestId,
    Connection: 'close',
  }
  res.writeHead(
    status,
    status === 405 ? { ...headers, Allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' } : headers,
  )
  res.end(JSON.stringify(body))
}

function sendAccountPage(req: IncomingMessage, res: ServerResponse, path: string): boolean {
  const page = answerAccountPage(req.method ?? 'GET', path)
  if (!page) return false
  const headers = {
    'Content-Type': page.type,
    'Content-Security-Policy': PAGE_POLICY,
    'Referrer-Policy': 'no-referrer',
  }
  res.writeHead(page.status, headers).end(req.method === 'HEAD' ? undefined : page.body)
  return true
}

type Answerer = (request: Request, remote: string, outgoing: ServerResponse) => Promise<Response>
type NodeEnv = { incoming: IncomingMessage; outgoing: ServerResponse }

function listener(answer: Answerer) {
  return getRequestListener(
    (request, env) => {
      const { incoming, outgoing } = env as NodeEnv
      return answer(request, incoming.socket.remoteAddress ?? 'unknown', outgoing)
    },
    // HTTP/1.0 names no host: a health check of a load balancer may speak it.
    { overrideGlobalObjects: false, hostname: 'hub' },
  )
}

function secure(res: ServerResponse, https: boolean): void {
  res.setHeader('X-Content-Type-Options', 'nosniff')
  res.setHeader('X-Frame-Options', 'DENY')
  res.setHeader('Referrer-Policy', 'same-origin')
  res.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
  res.setHeader('Content-Security-Policy', BASE_POLICY)
  if (https) res.setHeader('Strict-Transport-Security', 'max-age=31536000; includeSubDomains')
}

/** The caller's request id where it is a UUID, as the versioned API has it; one log line at the end. */
function logWhenDone(log: Log, req: IncomingMessage, res: ServerResponse, route: string): void {
  const started = performance.now()
  const asked = String(req.headers['x-request-id'] ?? '')
  const requestId = validate(asked) ? asked.toLowerCase() : uuidv7()
  const { context, end } = openContext(req, requestId)
  res.setHeader('X-Request-ID', requestId)
  res.once('close', () => {
    end()
    logRequest(log, {
      request_id: requestId,
      method: req.method ?? '',
      route: withoutIds(route),
      status: res.statusCode,
      duration_ms: Math.round(performance.now() - started),
      user_id: context.userId,
    })
  })
}

const panelRoute = (path: string): string => (path.startsWith('/_next/') ? '/_next/*' : path)

/** The route without what may tell more than a route: ids and tokens become `{id}`. */
function withoutIds(path: string): string {
  return path
    .split('/')
    .map((part) => (/^[0-9a-f-]{36}$/i.test(part) || part.length > 40 ? '{id}' : part))
    .join('/')
}
