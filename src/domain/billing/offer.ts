import type { Config } from '../../platform/config/environment'
import type { Sql } from '../../platform/database/sql'
import { runtime } from '../../platform/runtime/runtime'

/**
 * Whether plans with a price are closed to users: in production, until somebody says in so many words that nobody pays
 * (`PAYMENTS=off`). An admin gives them to whom they like.
 */
export const pricesAreClosed = ({ production, payments }: Pick<Config, 'production' | 'payments'>): boolean =>
  production && payments === null

/** The predicate over a row of `plans`: it has a price that nobody can pay. */
export const isClosedSql = (plan: string): string =>
  pricesAreClosed(runtime().config) ? `(${plan}.price_cents > 0)` : 'false'

/** The same, that users may choose it at this moment. */
export const canBeChosenSql = (plan: string): string =>
  `(coalesce(${plan}.self_service, false) and not ${isClosedSql(plan)})`

/** Names of the plans that users may choose, lowest first. */
export async function plansOnOffer(sql: Sql): Promise<string[]> {
  const offered = await sql.query<{ name: string }>(
    `select name from plans where ${canBeChosenSql('plans')} order by rank, name`,
  )
  return offered.rows.map(({ name }) => name)
}

/** Titles of the plans that users could choose, had they no price; empty where prices close nothing. */
export async function closedPlans(sql: Sql): Promise<string[]> {
  if (!pricesAreClosed(runtime().config)) return []
  const closed = await sql.query<{ title: string }>(
    `select title from plans where self_service and ${isClosedSql('plans')} order by rank, name`,
  )
  return closed.rows.map(({ title }) => title)
}

/** What to do about them, for the log and the panel. */
export const CLOSED_PLANS_ADVICE =
  'Give such a plan to people yourself, set its price to 0, or set PAYMENTS=off in the environment to let users take it without paying'
