import type { Metadata } from 'next'
import { runtime } from '../runtime'
import { DEFAULT_HUB_NAME, readSettings } from '../settings/read-settings'

/** A page's metadata with the name that the settings give the hub, where the configuration has the default one. */
export async function withHubName(metadata: Metadata): Promise<Metadata> {
  const { hubName } = await readSettings(runtime().pool)
  if (typeof metadata.title !== 'string' || hubName === DEFAULT_HUB_NAME) return metadata
  return { ...metadata, title: metadata.title.replace(DEFAULT_HUB_NAME, hubName) }
}
