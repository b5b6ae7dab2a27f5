import type { Metadata } from 'next'
import { cache } from 'react'
import { DEFAULT_HUB_NAME, readSettings } from '../../domain/settings/read-settings'
import { runtime } from '../../platform/runtime/runtime'

/** The settings, read once per page: its title and every logo need them. */
export const settingsOfPage = cache(() => readSettings(runtime().pool))

/** A page's metadata, with the hub's name from the settings in place of the configuration's default name. */
export async function withHubName(metadata: Metadata): Promise<Metadata> {
  const { hubName } = await settingsOfPage()
  if (typeof metadata.title !== 'string' || hubName === DEFAULT_HUB_NAME) return metadata
  return { ...metadata, title: metadata.title.replace(DEFAULT_HUB_NAME, hubName) }
}
