'use client'
import { DefaultListView, useConfig } from '@payloadcms/ui'
import type { ClientField, ListViewClientProps } from 'payload'
import { type ReactNode, useMemo } from 'react'
import { RelationFilter } from './RelationFilter'

/**
 * Payload's list, filtered by other documents through a filter that asks for what it shows and no more. Payload's field
 * setting `Filter` reaches no field that stands in a row, so the filters are given to the list as a whole.
 */
export function HubList(props: ListViewClientProps) {
  const { collectionSlug, renderedFilters } = props
  const { getEntityConfig } = useConfig()
  const { fields } = getEntityConfig({ collectionSlug })
  const filters = useMemo(
    () => new Map([...relationFilters(fields), ...(renderedFilters ?? [])]),
    [fields, renderedFilters],
  )
  return <DefaultListView {...props} renderedFilters={filters} />
}

function relationFilters(fields: ClientField[]): Array<[string, ReactNode]> {
  return fields.flatMap((field): Array<[string, ReactNode]> => {
    if (field.type === 'row' || field.type === 'collapsible') return relationFilters(field.fields)
    if (field.type !== 'relationship' || typeof field.relationTo !== 'string' || field.hasMany) return []
    const { name, relationTo } = field
    const label = typeof field.label === 'string' ? field.label : name
    return [[name, <RelationFilter key={name} path={name} relationTo={relationTo} label={label} />]]
  })
}
