import { opens } from '../../domain/billing/plans'
import { isModelTool, type ModelTool } from '../../domain/models/call-model'
import { catalogueAt } from '../../domain/tools/catalogue'
import { Problem } from '../../platform/kernel/problem'
import type { ApiContext } from '../kit/envelope'
import { sendJson } from '../kit/envelope'
import type { Services } from '../kit/services'
import { requireCaller } from '../kit/who'

/** GET /v1/models: the models that the caller's plan opens. */
export async function serveModels(services: Services, c: ApiContext): Promise<Response> {
  const caller = await requireCaller(services, c.req.raw.headers)
  c.env.userId = caller.userId
  const { tools } = await catalogueAt(services.pool, caller.catalogueVersion)
  const models = tools.filter((tool) => tool.isActive && opens(caller.tier, tool)).filter(isModelTool)
  return sendJson(c, 200, { object: 'list', data: models.map(toModel) })
}

/** GET /v1/models/{model}, by the tool's slug or id. */
export async function serveModel(services: Services, c: ApiContext): Promise<Response> {
  const caller = await requireCaller(services, c.req.raw.headers)
  c.env.userId = caller.userId
  const name = c.req.param('model') ?? ''
  const tool = (await catalogueAt(services.pool, caller.catalogueVersion)).find(name)
  if (!tool?.isActive || !isModelTool(tool) || !opens(caller.tier, tool)) throw noSuchModel(name)
  return sendJson(c, 200, toModel(tool))
}

/** 404 for a name that is no model of the caller's. */
export function noSuchModel(name: string): Problem {
  const message = `The model ${JSON.stringify(name.slice(0, 100))} does not exist. GET /v1/models lists those that your plan opens.`
  return new Problem('NOT_FOUND', message, { details: [{ field: 'model', message: 'does not exist' }] })
}

function toModel(tool: ModelTool) {
  return {
    id: tool.slug,
    object: 'model',
    created: Math.floor(tool.createdAt.getTime() / 1_000),
    owned_by: 'hub',
  }
}
