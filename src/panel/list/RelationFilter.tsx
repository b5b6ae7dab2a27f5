'use client'
import { ReactSelect, useTranslation } from '@payloadcms/ui'
import { useRef } from 'react'
import { idsOf, takesSeveral } from './condition'
import { type Option, useDocuments, useOffers, useTitles } from './documents'
import { Existence } from './Existence'
import { hasWords } from './naming'
import { useCondition } from './use-condition'

type Props = { path: string; relationTo: string; label: string }
type Part = Omit<Props, 'path'> & ReturnType<typeof useCondition>
type Chosen = Option | Option[] | null

/** Payload's value for "no document". */
const NONE = 'null'

/**
 * A list's filter by another document. As soon as the list is shown, Payload's own filter loads its menu's options
 * three or four times, with three statements each; this one loads only the titles of the chosen documents.
 */
export function RelationFilter({ path, ...props }: Props) {
  const element = useRef<HTMLDivElement>(null)
  const condition = useCondition(element, path)
  return (
    <div ref={element}>
      {condition.operator === 'exists' ? (
        <Existence {...props} {...condition} />
      ) : (
        <Documents {...props} {...condition} />
      )}
    </div>
  )
}

function Documents({ relationTo, label, operator, value, change }: Part) {
  const { t } = useTranslation()
  const { fields, ask } = useDocuments(relationTo)
  const offers = useOffers(ask, fields)
  const ids = idsOf(operator, value)
  const { titles, remember } = useTitles(
    ask,
    ids.filter((id) => id !== NONE),
  )
  const none = { label: t('general:none'), value: NONE }
  const choose = (chosen: Chosen) => {
    const options = [chosen ?? []].flat()
    remember(options)
    change(Array.isArray(chosen) ? options.map((one) => one.value) : chosen?.value)
  }
  return (
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
      options={offers.failed ? [] : [none, ...offers.options]}
      value={ids.map((id) => (id === NONE ? none : { label: titles[id] ?? '…', value: id }))}
    />
  )
}
