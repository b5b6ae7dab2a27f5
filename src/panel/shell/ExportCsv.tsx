'use client'
import { Button, useConfig } from '@payloadcms/ui'
import { useSearchParams } from 'next/navigation'

/** Downloads all pages of the list as CSV from the collection's own endpoint. */
export function ExportCsv({ collectionSlug }: { collectionSlug: string }) {
  const { config } = useConfig()
  const shown = [...useSearchParams()].filter(([name]) => name === 'search' || name.startsWith('where'))
  return (
    <div className="hub-own" style={{ display: 'flex', justifyContent: 'end' }}>
      <Button
        buttonStyle="secondary"
        el="anchor"
        margin={false}
        size="small"
        url={`${config.routes.api}/${collectionSlug}/export?${new URLSearchParams(shown)}`}
      >
        Export as CSV
      </Button>
    </div>
  )
}
