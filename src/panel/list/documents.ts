'use client'
import { useConfig } from '@payloadcms/ui'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { nameOf, namingFields, searchOf } from './naming'

export type Option = { label: string; value: string }
type Page = { options: Option[]; hasNextPage: boolean }
type Ask = (query: Record<string, string>, signal: AbortSignal) => Promise<Page>
type Asked = { search: string; page: number }
type Found = Page & { failed: boolean; answers: Asked | null }

const OFFERED_AT_ONCE = '10'
/** The search starts after this pause in typing. */
const TYPED_MS = 300

/** The fields that name a collection's documents, and how to load some of them: only their ids and names. */
export function useDocuments(collectionSlug: string): { fields: string[]; ask: Ask } {
  const { config, getEntityConfig } = useConfig()
  const names = namingFields(getEntityConfig({ collectionSlug })?.admin).join()
  const fields = useMemo(() => names.split(','), [names])
  const url = `${config.routes.api}/${collectionSlug}`
  const ask = useCallback<Ask>(
    async (query, signal) => {
      const selected = fields.map((field) => [`select[${field}]`, 'true'])
      const params = new URLSearchParams({ depth: '0', ...Object.fromEntries(selected), ...query })
      const response = await fetch(`${url}?${params}`, { credentials: 'include', signal })
      if (!response.ok) throw new Error(`${url} answered ${response.status}`)
      const { docs, hasNextPage } = await response.json()
      return { options: docs.map((doc: Doc) => ({ label: nameOf(doc, fields), value: doc.id })), hasNextPage }
    },
    [url, fields],
  )
  return { fields, ask }
}

type Doc = Record<string, unknown> & { id: string }

/** The titles of the chosen documents, loaded in one request; a deleted document is shown by its id. */
export function useTitles(ask: Ask, ids: string[]) {
  const [titles, setTitles] = useState<Record<string, string>>({})
  const remember = useCallback(
    (options: Option[]) =>
      setTitles((before) => ({
        ...before,
        ...Object.fromEntries(options.map((one) => [one.value, one.label])),
      })),
    [],
  )
  const unknown = ids.filter((id) => !(id in titles)).join(',')
  useEffect(() => {
    if (unknown === '') return
    const leave = new AbortController()
    const gone = unknown.split(',').map((id) => ({ label: id, value: id }))
    ask({ pagination: 'false', trash: 'true', 'where[id][in]': unknown }, leave.signal)
      .then(({ options }) => remember([...gone, ...options]))
      .catch(() => leave.signal.aborted || remember(gone))
    return () => leave.abort()
  }, [ask, remember, unknown])
  return { titles, remember }
}

/** A menu's options: loaded when it is opened or typed into, and more when its end is reached. */
export function useOffers(ask: Ask, fields: string[]) {
  const [asked, setAsked] = useState<Asked | null>(null)
  const { options, hasNextPage, failed, answers } = useFound(ask, fields, asked)
  const isLoading = asked !== null && answers !== asked
  return {
    options,
    isLoading,
    failed,
    open: () => setAsked((before) => before ?? FIRST),
    close: () => setAsked(null),
    type: (search: string) =>
      setAsked((before) => (search === (before?.search ?? '') ? before : { search, page: 1 })),
    further: () => hasNextPage && !isLoading && asked && setAsked({ ...asked, page: asked.page + 1 }),
  }
}

/** The latest result; a newer search cancels the older one. */
function useFound(ask: Ask, fields: string[], asked: Asked | null): Found {
  const [found, setFound] = useState<Found>(NOTHING)
  useEffect(() => {
    if (asked === null) return
    const leave = new AbortController()
    const { search, page } = asked
    const take = ({ options, hasNextPage }: Page) =>
      setFound((before) => ({
        options: page === 1 ? options : [...before.options, ...options],
        hasNextPage,
        failed: false,
        answers: asked,
      }))
    const fail = () => leave.signal.aborted || setFound({ ...NOTHING, failed: true, answers: asked })
    const timer = setTimeout(
      () =>
        ask({ limit: OFFERED_AT_ONCE, page: String(page), ...searchOf(search, fields) }, leave.signal).then(
          take,
          fail,
        ),
      search !== '' && page === 1 ? TYPED_MS : 0,
    )
    return () => {
      clearTimeout(timer)
      leave.abort()
    }
  }, [ask, fields, asked])
  return found
}

const FIRST: Asked = { search: '', page: 1 }
const NOTHING: Found = { options: [], hasNextPage: false, failed: false, answers: null }
