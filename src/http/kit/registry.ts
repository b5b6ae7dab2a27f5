import { OpenAPIHono, type z } from '@hono/zod-openapi'
import type { Access } from '../../domain/operation/access'
import type { Problem } from '../../platform/kernel/problem'
import { documentEndpoint } from './document'
import { type Endpoint, type Handler, serve } from './endpoint'
import { type ApiContext, sendAnswer, sendProblem } from './envelope'
import type { Exchange } from './exchange'
import type { Services } from './services'

export const BASE = '/api/v1'

export type App = OpenAPIHono<{ Bindings: Exchange }>

type MaybeObject = z.ZodObject | undefined
type RawHandler = (context: ApiContext) => Promise<Response>
/** A protocol whose errors have their own format, and its paths. */
export type ErrorShape = {
  owns: (path: string) => boolean
  send: (context: ApiContext, problem: Problem) => Response
}

/** The operations of the API. One definition documents and serves each of them, so the two cannot differ. */
export class Registry {
  readonly app: App = new OpenAPIHono<{ Bindings: Exchange }>()
  private readonly methods = new Map<string, Set<string>>()
  private readonly shapes: ErrorShape[] = []

  constructor(readonly services: Services) {}

  /** Adds an operation. Its checks run in the contract's order before its handler. */
  add<A extends Access, P extends MaybeObject, Q extends MaybeObject, B extends z.ZodType | undefined>(
    endpoint: Endpoint<P, Q, B> & { access: A },
    handler: Handler<A, P, Q, B>,
  ): void {
    const run = handler as unknown as Handler<Access, unknown, unknown, unknown>
    this.addRaw(endpoint, async (c) => sendAnswer(c, await serve(this.services, endpoint, run, c)))
  }

  /** Adds an operation that makes its own checks and response; the definition only documents it. */
  addRaw(endpoint: Endpoint, handler: RawHandler): void {
    documentEndpoint(this.app.openAPIRegistry, endpoint)
    this.route(endpoint.method, `${BASE}${endpoint.path}`, handler)
  }

  /** Adds a route that the document does not list. */
  route(method: string, path: string, handler: RawHandler): void {
    const known = this.methods.get(path) ?? new Set()
    this.methods.set(path, known.add(method.toUpperCase()))
    this.app.on(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1'), (c) => {
      c.env.route = path
      return handler(c)
    })
  }

  /** Errors under the paths of this protocol are sent in its format. */
  addErrorShape(shape: ErrorShape): void {
    this.shapes.push(shape)
  }

  /** Sends a failure in the format of the called protocol; the envelope is the default. */
  sendProblem(c: ApiContext, problem: Problem): Response {
    const shape = this.shapes.find(({ owns }) => owns(c.req.path))
    return shape ? shape.send(c, problem) : sendProblem(c, problem)
  }

  /** The methods that a path answers, as `Allow` lists them, and the path's pattern; null for an unknown path. */
  allowed(path: string): { route: string; allow: string } | null {
    for (const [route, methods] of this.methods) {
      if (!matches(route, path)) continue
      const all = methods.has('GET') ? [...methods, 'HEAD'] : [...methods]
      return { route, allow: [...new Set([...all, 'OPTIONS'])].sort().join(', ') }
    }
    return null
  }
}

/** Literal routes are registered before those with a parameter in the same place, so the first match is right. */
function matches(route: string, path: string): boolean {
  const parts = route.split('/')
  const given = path.split('/')
  return (
    parts.length === given.length &&
    parts.every((part, at) => part === given[at] || isFilled(part, given[at]))
  )
}

const isFilled = (part: string, given: string | undefined) => part.startsWith('{') && given !== ''
