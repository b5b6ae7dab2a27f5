'use client'
import { DefaultCell } from '@payloadcms/ui'
import type { DefaultCellComponentProps } from 'payload'
import { inUtc } from '../parts/numbers'

/** A moment in a list, in UTC as everywhere in the hub's own views; Payload's own cell would take the reader's zone. */
export function TimeCell(props: DefaultCellComponentProps) {
  const { cellData, field } = props
  if (typeof cellData !== 'string' && !(cellData instanceof Date)) return <span>–</span>
  const text = { ...field, type: 'text' } as typeof field
  return <DefaultCell {...props} cellData={inUtc(new Date(cellData))} field={text} />
}
