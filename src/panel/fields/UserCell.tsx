'use client'
import { useListRelationships } from '@payloadcms/ui'
import type { DefaultCellComponentProps } from 'payload'
import { useEffect } from 'react'
import { userPage } from '../parts/links'

/**
 * The user of a row, in a list whose rows stay when the user is deleted. All names of a page are loaded in one request;
 * Payload's cell shows "no user" for rows that are not yet visible, and an id for a deleted user.
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
    <a href={userPage(id)} title={email}>
      {name || email || id}
    </a>
  )
}
