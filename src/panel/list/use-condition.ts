'use client'
import { useListQuery } from '@payloadcms/ui'
import type { Where } from 'payload'
import { type RefObject, useEffect, useEffectEvent, useLayoutEffect, useState } from 'react'
import { conditionAt, fitting, type Place, withValue } from './condition'

type Element = RefObject<HTMLElement | null>

/**
 * The condition that a filter belongs to, and a function that changes its value. Payload passes neither to a filter.
 */
export function useCondition(element: Element, path: string) {
  const { query, handleWhereChange } = useListQuery()
  const place = usePlace(element)
  const where = query.where as Where | undefined
  const { operator, value } = place ? conditionAt(where, place, path) : { operator: '', value: undefined }
  const change = (next: unknown) => {
    if (place) void handleWhereChange?.(withValue(where, place, path, next))
  }
  const fits = fitting(operator, value)
  const correct = useEffectEvent(change)
  useEffect(() => {
    if (operator !== '' && fits !== value) correct(fits)
  }, [operator, fits, value])
  return { operator, value: fits, change }
}

/** In the page a condition is an item of an `and` list, inside an item of the `or` list; it keeps its position. */
function usePlace(element: Element): Place | null {
  const [place, setPlace] = useState<Place | null>(null)
  useLayoutEffect(() => {
    const and = element.current?.closest('li')
    const or = and?.parentElement?.closest('li')
    if (and && or) setPlace({ or: indexOf(or), and: indexOf(and) })
  }, [element])
  return place
}

const indexOf = (item: HTMLElement): number => [...(item.parentElement?.children ?? [])].indexOf(item)
