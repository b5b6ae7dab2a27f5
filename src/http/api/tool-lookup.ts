import { catalogueAt, refreshCatalogue } from '../../domain/tools/catalogue'
import type { Tool } from '../../domain/tools/tool'
import { invalidField, Problem } from '../../platform/kernel/problem'
import { UUID } from '../../platform/payload/payload-sql'
import type { Services } from '../kit/services'

/** The active tools by name, of a catalogue that is at least as new as `version`. */
export async function activeTools({ pool }: Services, version: number): Promise<Tool[]> {
  return (await catalogueAt(pool, version)).tools.filter((tool) => tool.isActive)
}

/** The active tool of this id or slug, of a catalogue that is at least as new as `version`. Throws NOT_FOUND. */
export async function requireTool({ pool }: Services, idOrSlug: string, version: number): Promise<Tool> {
  const tool = (await catalogueAt(pool, version)).find(idOrSlug)
  if (!tool?.isActive) throw noSuchTool()
  return tool
}

/** The published tool of this id or slug as it is at this moment, active or not: for admins. Throws NOT_FOUND. */
export async function freshTool({ pool }: Pick<Services, 'pool'>, idOrSlug: string): Promise<Tool> {
  const tool = (await refreshCatalogue(pool)).find(idOrSlug)
  if (!tool) throw noSuchTool()
  return tool
}

/** 404 for a tool that does not exist or is not active. */
export function noSuchTool(): Problem {
  return new Problem('NOT_FOUND', 'There is no such tool. GET /api/v1/tools lists the tools.')
}

/**
 * The id to filter usage by. Any id is accepted: a tool that was deleted or switched off still has its history. A slug
 * must belong to an active tool, so that nobody can find out the others. Throws VALIDATION_ERROR.
 */
export async function toolIdFor({ pool }: Services, idOrSlug: string, version: number): Promise<string> {
  if (UUID.test(idOrSlug)) return idOrSlug.toLowerCase()
  const tool = (await catalogueAt(pool, version)).find(idOrSlug)
  if (!tool?.isActive) throw invalidField('tool_id', "is no tool's id or slug")
  return tool.id
}
