import type { Sql } from '../../platform/database/sql'
import { canBeChosenSql } from './offer'

/** The tiers, lowest first. The database's enum hub_tier has the same order. */
export const TIERS = ['free', 'pro', 'enterprise'] as const

export type Tier = (typeof TIERS)[number]

/**
 * The one rule about which plan opens which tool: a plan opens every tool of its own tier and of those below it. No
 * plan (null) opens nothing. `OPENS_SQL` is the same rule in SQL.
 */
export function opens(tier: string | null, tool: { minimumTier: string }): boolean {
  const has = TIERS.indexOf(tier as Tier)
  const needs = TIERS.indexOf(tool.minimumTier as Tier)
  return has >= 0 && needs >= 0 && has >= needs
}

/** The condition on two columns of type hub_tier. If either is null, nothing opens. */
export const OPENS_SQL = (plan: string, tool: string) => `(${plan}.tier >= ${tool}.minimum_tier) is true`

/** A plan as the API shows it. */
export type ApiPlan = {
  name: string
  title: string
  tier: Tier
  token_limit: number
  features: string[]
  price_monthly: number
  price_cents: number
  currency: string
  requests_per_minute: number
  burst: number
  calls_at_once: number
  self_service: boolean
  can_be_chosen: boolean
}

/** All plans, lowest first. */
export async function listPlans(sql: Sql): Promise<ApiPlan[]> {
  return (await sql.query<ApiPlan>(listPlansSql())).rows
}

const listPlansSql = () => `
  select name, title, tier::text as tier, token_limit::float8 as token_limit,
    array(select f.text::text from plans_features f where f._parent_id = p.id order by f._order) as features,
    price_cents / 100.0::float8 as price_monthly, price_cents, currency, requests_per_minute, burst,
    calls_at_once, ${canBeChosenSql('p')} as self_service, ${canBeChosenSql('p')} as can_be_chosen
  from plans p order by rank, name`

/** Names of the plans that open a tool of this tier and that users may choose, lowest first. */
export async function plansThatOpen(sql: Sql, minimumTier: Tier): Promise<string[]> {
  const found = await sql.query<{ name: string }>(
    `select name from plans where tier >= $1::hub_tier and ${canBeChosenSql('plans')} order by rank, name`,
    [minimumTier],
  )
  return found.rows.map(({ name }) => name)
}
