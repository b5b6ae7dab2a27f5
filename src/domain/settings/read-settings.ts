import type { Sql } from '../../platform/database/sql'

/** What the hub is called where its admins chose no other name. */
export const DEFAULT_HUB_NAME = 'Joyfull UI Hub'

/** What the hub's own code reads of the settings. Everything has a value, also before an admin ever saved them. */
export type HubSettings = {
  hubName: string
  /** The file name of the logo, in the size that is shown; null without one. */
  logo: string | null
  signUpOpen: boolean
  /** Null: the environment's USAGE_RETENTION_MONTHS. */
  retentionMonths: number | null
  alertAddresses: string[]
  webhookUrl: string | null
}

/** The settings of this moment, by one statement: no instance keeps them, so a change counts at once everywhere. */
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

/** The hub's name and logo of this moment. The logo is the one image that anybody may fetch. */
export async function readBrand(sql: Sql, hubUrl: string): Promise<Brand> {
  return brandOf(await readSettings(sql), hubUrl)
}

/** The same of settings that were read. */
export function brandOf({ hubName, logo }: HubSettings, hubUrl: string): Brand {
  return { name: hubName, logoUrl: logo && `${hubUrl}/api/media/file/${encodeURIComponent(logo)}` }
}

/** The id of the image that is the hub's logo; null without one. */
export async function logoId(sql: Sql): Promise<string | null> {
  const found = await sql.query<{ id: string }>(
    'select logo_id as id from settings where logo_id is not null',
  )
  return found.rows[0]?.id ?? null
}
