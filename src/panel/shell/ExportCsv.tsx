'use client'
import { Button, useConfig } from '@payloadcms/ui'
import { useSearchParams } from 'next/navigation'
import { filterOf } from '../parts/links'

/** Downloads all pages of the list as CSV from the collection's own endpoint. */
export function ExportCsv({ collectionSlug }: { collectionSlug: string }) {
  const { config } = useConfig()
  const filter = filterOf(useSearchParams())
  return (
    <div className="hub-own" style={{ display: 'flex', justifyContent: 'end' }}>
      <Button
        buttonStyle="secondary"
        el="anchor"
        margin={false}
        size="small"
        url={`${config.routes.api}/${collectionSlug}/export?${filter}`}
      >
        Export as CSV
      </Button>
    </div>
  )
}
