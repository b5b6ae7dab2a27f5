import type { ReactNode } from 'react'
import { Nothing } from './Card'
import './panel.css'

/** A column of a table. Figures are aligned to the end, texts to the start, and so is every first column. */
export type Column<Row> = {
  heading: string
  cell: (row: Row) => ReactNode
  /** A second line under it. */
  note?: (row: Row) => ReactNode
  isText?: boolean
  /** Only a screen reader gets the heading, as above buttons. */
  isHeadingHidden?: boolean
  /** The cell names its row. */
  isRowHeading?: boolean
  className?: (row: Row) => string | undefined
  /** The text that is shown when the pointer rests on the cell. */
  title?: (row: Row) => string
  /** Identifies the column if its heading is not unique. */
  key?: string
}

/** `preview` announces itself to a screen reader, `chart` is only for a screen reader. */
const LOOKS: Record<'list' | 'record' | 'preview' | 'chart', Look> = {
  list: { frame: 'hub-scroll', table: 'hub-table' },
  record: { frame: 'field-type hub-own hub-scroll', table: 'hub-record' },
  preview: { table: 'hub-table', live: 'polite' },
  chart: { frame: 'hub-sr' },
}

type Look = { frame?: string; table?: string; live?: 'polite' }

type Props<Row> = {
  columns: Array<Column<Row>>
  rows: Row[]
  keyOf: (row: Row) => string | number
  look?: keyof typeof LOOKS
  caption?: string
  /** Shown in place of a table without rows. */
  empty?: string
}

/** A table of the panel: its columns are data. */
export function Table<Row>({ columns, rows, keyOf, look = 'list', caption, empty }: Props<Row>) {
  if (empty && rows.length === 0) return <Nothing>{empty}</Nothing>
  const { frame, table, live } = LOOKS[look]
  return (
    <div className={frame}>
      <table className={table} aria-live={live}>
        {caption && <caption>{caption}</caption>}
        <thead>
          <tr>
            {columns.map(({ heading, key = heading, isText, isHeadingHidden }) => (
              <th key={key} scope="col" className={isText ? 'hub-text' : undefined}>
                {isHeadingHidden ? <span className="hub-sr">{heading}</span> : heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) => (
                <Cell key={column.key ?? column.heading} column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const { cell, note, isText, isRowHeading, className, title } = column
  const classes = [isText && 'hub-text', className?.(row)].filter(Boolean).join(' ') || undefined
  if (isRowHeading)
    return (
      <th scope="row" className={classes}>
        {cell(row)}
      </th>
    )
  return (
    <td className={classes} title={title?.(row)}>
      {cell(row)}
      {note && <div className="hub-note">{note(row)}</div>}
    </td>
  )
}
