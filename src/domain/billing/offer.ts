import type { Config } from '../../platform/config/environment'
import type { Sql } from '../../platform/database/sql'
import { runtime } from '../../platform/runtime/runtime'

/**
 * Whether users may not choose plans with a price. This is so in production, until `PAYMENTS=off` says explicitly
 * that nobody pays. An admin can give these plans to anyone.
 */
export const pricesAreClosed = ({ production, payments }: Pick<Config, 'production' | 'payments'>): boolean =>
  production && payments === null

/** SQL condition on a row of `plans`: it has a price that nobody can pay. */
export const isClosedSql = (plan: string): string =>
  pricesAreClosed(runtime().config) ? `(${plan}.price_cents > 0)` : 'false'

/** SQL condition on a row of `plans`: users may choose it now. */
export const canBeChosenSql = (plan: string): string =>
  `(coalesce(${plan}.self_service, false) and not ${isClosedSql(plan)})`

/** Names of the plans that users may choose, lowest first. */
export async function plansOnOffer(sql: Sql): Promise<string[]> {
  const offered = await sql.query<{ name: string }>(
    `select name from plans where ${canBeChosenSql('plans')} order by rank, name`,
  )
  return offered.rows.map(({ name }) => name)
}

/** Titles of the plans that users could choose if they had no price; empty if prices close no plan. */
export async function closedPlans(sql: Sql): Promise<string[]> {
  if (!pricesAreClosed(runtime().config)) return []
  const closed = await sql.query<{ title: string }>(
    `select title from plans where self_service and ${isClosedSql('plans')} order by rank, name`,
  )
  return closed.rows.map(({ title }) => title)
}

/** What to do about closed plans, for the log and the panel. */
export const CLOSED_PLANS_ADVICE =
  'Give such a plan to people yourself, set its price to 0, or set PAYMENTS=off in the environment to let users take it without paying'
