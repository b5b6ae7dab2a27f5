import type { CollectionConfig } from 'payload'

const HUB_LIST = { Component: '/src/panel/list/HubList#HubList' }

/** Gives a collection the hub's list, unless it has its own list view. */
export function inHubList(collection: CollectionConfig): CollectionConfig {
  const { admin = {} } = collection
  const views = { list: HUB_LIST, ...admin.components?.views }
  return { ...collection, admin: { ...admin, components: { ...admin.components, views } } }
}
