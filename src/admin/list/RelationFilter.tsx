'use client'
import { ReactSelect, useListQuery, useTranslation } from '@payloadcms/ui'
import type { Where } from 'payload'
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { conditionAt, fitting, idsOf, type Place, takesSeveral, withValue } from './condition'
import { type Option, useDocuments, useOffers, useTitles } from './documents'

type Props = { path: string; relationTo: string; label: string }
type Chosen = Option | Option[] | null

/** As Payload writes that a document is none. */
const NONE = 'null'

/**
 * A list's filter by another document. Payload's own asks three or four times for what its menu would offer, each time by
 * three statements, as soon as the list is there; this one asks for the titles of what is chosen.
 */
export function RelationFilter({ path, relationTo, label }: Props) {
  const { t } = useTranslation()
  const element = useRef<HTMLDivElement>(null)
  const { operator, value, change } = useCondition(element, path)
  const { title, ask } = useDocuments(relationTo)
  const offers = useOffers(ask, title)
  const isTruth = operator === 'exists'
  const ids = isTruth ? [] : idsOf(operator, value)
  const { titles, remember } = useTitles(
    ask,
    ids.filter((id) => id !== NONE),
  )
  const none = { label: t('general:none'), value: NONE }
  const truths = [
    { label: t('general:true'), value: 'true' },
    { label: t('general:false'), value: 'false' },
  ]
  const shown = ids.map((id) => (id === NONE ? none : { label: titles[id] ?? '…', value: id }))
  const choose = (chosen: Chosen) => {
    const options = [chosen ?? []].flat()
    if (!isTruth) remember(options)
    change(Array.isArray(chosen) ? options.map((one) => one.value) : chosen?.value)
  }
  return (
    <div ref={element}>
      {isTruth ? (
        <ReactSelect
          aria-label={label}
          isClearable={false}
          onChange={(chosen) => choose(chosen as Chosen)}
          options={truths}
          value={truths.filter((truth) => truth.value === value)}
        />
      ) : (
        <ReactSelect
          aria-label={label}
          disabled={operator === ''}
          filterOption={(option, typed) => hasWords(option.label, typed)}
          isLoading={offers.isLoading}
          isMulti={takesSeveral(operator)}
          noOptionsMessage={() => t(offers.failed ? 'error:unspecific' : 'general:noOptions')}
          onChange={(chosen) => choose(chosen as Chosen)}
          onInputChange={offers.type}
          onMenuClose={offers.close}
          onMenuOpen={offers.open}
          onMenuScrollToBottom={offers.further}
          options={[none, ...offers.options]}
          value={shown}
        />
      )}
    </div>
  )
}

/** As the search finds them: each of the words, anywhere. */
const hasWords = (label: string, typed: string): boolean =>
  typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => label.toLowerCase().includes(word))

/** The condition that a filter stands in, and how to change its value. Payload tells a filter neither. */
function useCondition(element: RefObject<HTMLElement | null>, path: string) {
  const { query, handleWhereChange } = useListQuery()
  const place = usePlace(element)
  const where = query.where as Where | undefined
  const { operator, value } = place ? conditionAt(where, place, path) : { operator: '', value: undefined }
  const change = (next: unknown) => {
    if (place) void handleWhereChange?.(withValue(where, place, path, next))
  }
  const fits = fitting(operator, value)
  const correct = useRef(change)
  correct.current = change
  useEffect(() => {
    if (operator !== '' && fits !== value) correct.current(fits)
  }, [operator, fits, value])
  return { operator, value: fits, change }
}

/** A condition is an item of the list of those that must all hold, in an item of the list of alternatives; it stays there. */
function usePlace(element: RefObject<HTMLElement | null>): Place | null {
  const [place, setPlace] = useState<Place | null>(null)
  useLayoutEffect(() => {
    const and = element.current?.closest('li')
    const or = and?.parentElement?.closest('li')
    if (and && or) setPlace({ or: indexOf(or), and: indexOf(and) })
  }, [element])
  return place
}

const indexOf = (item: Element): number => [...(item.parentElement?.children ?? [])].indexOf(item)
