import type { Sql } from '../../platform/database/sql'

/** The hub's name until an admin changes it. */
export const DEFAULT_HUB_NAME = 'Joyfull UI Hub'

/** The settings that the hub's own code reads. Each has a value, even before an admin has saved them. */
export type HubSettings = {
  hubName: string
  /** The file name of the logo in the size that is shown; null without a logo. */
  logo: string | null
  signUpOpen: boolean
  /** Null: the environment's USAGE_RETENTION_MONTHS. */
  retentionMonths: number | null
  alertAddresses: string[]
  webhookUrl: string | null
}

/** The current settings, read by one statement: no instance caches them, so a change applies at once everywhere. */
export async function readSettings(sql: Sql): Promise<HubSettings> {
  const found = await sql.query<HubSettings>(READ_SETTINGS, [DEFAULT_HUB_NAME])
  return found.rows[0] as HubSettings
}

const READ_SETTINGS = `
  select coalesce(nullif(s.hub_name, ''), $1) as "hubName",
    coalesce(m.sizes_card_filename, m.filename) as logo,
    coalesce(s.sign_up_open, true) as "signUpOpen", s.retention_months::int as "retentionMonths",
    array(select t.text::text from settings_texts t where t.parent_id = s.id and t.path = 'alertAddresses'
      order by t."order") as "alertAddresses",
    nullif(s.webhook_url, '') as "webhookUrl"
  from (select) one left join settings s on true left join media m on m.id = s.logo_id
  limit 1`

/** How the hub shows itself: in its mails and in the panel. */
export type Brand = { name: string; logoUrl: string | null }

/** The hub's current name and logo. The logo is the only image that anybody may fetch. */
export async function readBrand(sql: Sql, hubUrl: string): Promise<Brand> {
  return brandOf(await readSettings(sql), hubUrl)
}

/** The name and logo from settings that were read already. */
export function brandOf({ hubName, logo }: HubSettings, hubUrl: string): Brand {
  return { name: hubName, logoUrl: logo && `${hubUrl}/api/media/file/${encodeURIComponent(logo)}` }
}

/** The id of the logo's image; null without a logo. */
export async function logoId(sql: Sql): Promise<string | null> {
  const found = await sql.query<{ id: string }>(
    'select logo_id as id from settings where logo_id is not null',
  )
  return found.rows[0]?.id ?? null
}
