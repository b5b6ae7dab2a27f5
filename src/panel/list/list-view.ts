import type { CollectionConfig } from 'payload'

const HUB_LIST = { Component: '/src/panel/list/HubList#HubList' }

/** A collection whose list is the hub's, unless it has one of its own. */
export function inHubList(collection: CollectionConfig): CollectionConfig {
  const { admin = {} } = collection
  const views = { list: HUB_LIST, ...admin.components?.views }
  return { ...collection, admin: { ...admin, components: { ...admin.components, views } } }
}
