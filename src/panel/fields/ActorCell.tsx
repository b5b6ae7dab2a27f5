'use client'
import { DefaultCell } from '@payloadcms/ui'
import type { DefaultCellComponentProps } from 'payload'

/** Who did it, in the list of the audit log; if it was not an account, what did it. */
export function ActorCell(props: DefaultCellComponentProps) {
  const { via, action } = props.rowData as { via?: string; action?: string }
  return <DefaultCell {...props} cellData={props.cellData || actorInWords(via, action)} />
}

function actorInWords(via: string | undefined, action: string | undefined): string {
  if (via === 'system') return 'the hub itself'
  if (action === 'create') return 'nobody (sign-up)'
  return action === 'sign-in-failed' ? 'nobody (failed sign-in)' : 'nobody (not signed in)'
}
