'use client'
import { DefaultCell } from '@payloadcms/ui'
import type { DefaultCellComponentProps } from 'payload'
import { inUtc } from '../../platform/kernel/in-words'

/** A time in a list, in UTC as in all of the hub's own views; Payload's cell would use the reader's time zone. */
export function TimeCell(props: DefaultCellComponentProps) {
  const { cellData, field } = props
  if (typeof cellData !== 'string' && !(cellData instanceof Date)) return <span>–</span>
  const text = { ...field, type: 'text' } as typeof field
  return <DefaultCell {...props} cellData={inUtc(new Date(cellData))} field={text} />
}
