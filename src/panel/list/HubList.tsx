'use client'
import { DefaultListView, useConfig } from '@payloadcms/ui'
import type { ClientField, ListViewClientProps } from 'payload'
import { type ReactNode, useMemo } from 'react'
import { DayFilter } from './DayFilter'
import { RelationFilter } from './RelationFilter'

/**
 * Payload's list with two other filters: the one by documents loads only what it shows, and the one by dates means
 * days. Payload's field setting `Filter` does not work for a field inside a row, so the whole list gets the filters.
 */
export function HubList(props: ListViewClientProps) {
  const { collectionSlug, renderedFilters } = props
  const { getEntityConfig } = useConfig()
  const { fields } = getEntityConfig({ collectionSlug })
  const filters = useMemo(
    () => new Map([...ownFilters(fields), ...(renderedFilters ?? [])]),
    [fields, renderedFilters],
  )
  return <DefaultListView {...props} renderedFilters={filters} />
}

function ownFilters(fields: ClientField[]): Array<[string, ReactNode]> {
  return fields.flatMap((field): Array<[string, ReactNode]> => {
    if (field.type === 'row' || field.type === 'collapsible') return ownFilters(field.fields)
    if (field.type === 'date')
      return [[field.name, <DayFilter key={field.name} path={field.name} label={labelOf(field)} />]]
    if (field.type !== 'relationship' || typeof field.relationTo !== 'string' || field.hasMany) return []
    const { name, relationTo } = field
    return [[name, <RelationFilter key={name} path={name} relationTo={relationTo} label={labelOf(field)} />]]
  })
}

const labelOf = ({ name, label }: { name: string; label?: unknown }) =>
  typeof label === 'string' ? label : name
