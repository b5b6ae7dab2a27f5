'use client'
import { ReactSelect, useTranslation } from '@payloadcms/ui'
import type { Option } from './documents'

type Props = { label: string; value: unknown; change: (next: unknown) => void }

/** The value of a filter by existence: whether the field has a value. */
export function Existence({ label, value, change }: Props) {
  const { t } = useTranslation()
  const truths = [
    { label: t('general:true'), value: 'true' },
    { label: t('general:false'), value: 'false' },
  ]
  return (
    <ReactSelect
      aria-label={label}
      isClearable={false}
      onChange={(chosen) => change((chosen as Option).value)}
      options={truths}
      value={truths.filter((truth) => truth.value === value)}
    />
  )
}
