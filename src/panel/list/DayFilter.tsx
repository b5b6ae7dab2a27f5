'use client'
import { DatePicker } from '@payloadcms/ui'
import { useEffect, useEffectEvent, useRef } from 'react'
import { Existence } from './Existence'
import { useCondition } from './use-condition'
import '../parts/panel.css'

type Props = { path: string; label: string }

/** These operators mean a whole day; Payload's own filter would send that day's noon, which matches nothing. */
const OF_DAYS = ['equals', 'not_equals', 'in', 'not_in']

/** A list's filter by a date: a whole day, in UTC as the lists show it, or the time before or after a moment. */
export function DayFilter({ path, label }: Props) {
  const element = useRef<HTMLDivElement>(null)
  const { operator, value, change } = useCondition(element, path)
  const text = typeof value === 'string' ? value : ''
  const correct = useEffectEvent(() => change(text.slice(0, 10)))
  const isMoment = OF_DAYS.includes(operator) && text.length > 10
  useEffect(() => {
    if (isMoment) correct()
  }, [isMoment])
  return (
    <div ref={element}>
      {operator === 'exists' && <Existence label={label} value={value} change={change} />}
      {OF_DAYS.includes(operator) && (
        <input
          aria-label={label}
          className="hub-day"
          type="date"
          value={text.slice(0, 10)}
          onChange={({ target }) => change(target.value || undefined)}
        />
      )}
      {operator !== 'exists' && !OF_DAYS.includes(operator) && (
        <DatePicker
          pickerAppearance="dayAndTime"
          readOnly={operator === ''}
          value={text}
          onChange={(at: Date | null) => change(at?.toISOString())}
        />
      )}
    </div>
  )
}
