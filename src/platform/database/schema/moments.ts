/** When something happened once in the life of a hub, and all its instances must agree on it. */
export const momentsUp = [
  `create table hub_moments (
     name text primary key,
     at timestamptz
   )`,
] as const

export const momentsDown = [`drop table if exists hub_moments`] as const
