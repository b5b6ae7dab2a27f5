'use client'
import { useListRelationships } from '@payloadcms/ui'
import type { DefaultCellComponentProps } from 'payload'
import { useEffect } from 'react'

/**
 * Whose row it is, in a list of what outlives its user. All names of a page are asked for at once; Payload's own cell
 * says "no user" of those that are not in sight yet, and shows an id for a user who is gone.
 */
export function UserCell({ cellData }: DefaultCellComponentProps) {
  const id = typeof cellData === 'string' ? cellData : null
  const { documents, getRelationships } = useListRelationships()
  const known = id === null ? undefined : documents.users?.[id]
  useEffect(() => {
    if (id !== null && known === undefined) getRelationships([{ relationTo: 'users', value: id }])
  }, [id, known, getRelationships])
  if (id === null) return <span>–</span>
  if (known === undefined || known === null) return <span>…</span>
  if (known === false) return <span title={id}>Deleted user</span>
  const { name, email } = known as unknown as { name?: string; email?: string }
  return (
    <a href={`/admin/collections/users/${id}/overview`} title={email}>
      {name || email || id}
    </a>
  )
}
