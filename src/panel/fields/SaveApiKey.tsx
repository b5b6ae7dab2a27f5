'use client'
import { Button, SaveButton, useDocumentInfo, useForm } from '@payloadcms/ui'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { ask } from '../parts/ask'

type Made = { id: string; key: string }

/**
 * Saves an API key. A new key is shown here once: it comes with the response that creates it and is stored nowhere, so
 * the page stays open until the admin leaves it.
 */
export function SaveApiKey() {
  const { id } = useDocumentInfo()
  const { getData, setModified } = useForm()
  const router = useRouter()
  const [made, setMade] = useState<Made | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  if (id) return <SaveButton />
  if (made) return <NewKey made={made} onDone={() => router.push(`/admin/collections/api-keys/${made.id}`)} />
  const create = async () => {
    setFault(null)
    const { name, user, expiresAt } = getData()
    const answer = await createKey({ name, user, expiresAt })
    if ('fault' in answer) return setFault(answer.fault)
    setModified(false)
    setMade(answer.doc)
  }
  return (
    <>
      {fault && <span role="alert">{fault}</span>}
      <Button buttonStyle="primary" id="action-save" onClick={create} size="medium" type="button">
        Make the key
      </Button>
    </>
  )
}

function NewKey({ made, onDone }: { made: Made; onDone: () => void }) {
  return (
    <div
      role="status"
      style={{
        alignItems: 'center',
        display: 'flex',
        flexWrap: 'wrap',
        gap: 'calc(var(--base) / 2)',
        justifyContent: 'end',
      }}
    >
      <span>Copy this key now. It is not shown again:</span>
      <code data-testid="new-api-key" style={{ overflowWrap: 'anywhere', userSelect: 'all' }}>
        {made.key}
      </code>
      <Button
        buttonStyle="secondary"
        margin={false}
        onClick={() => navigator.clipboard?.writeText(made.key)}
        size="medium"
      >
        Copy
      </Button>
      <Button id="key-done" margin={false} onClick={onDone} size="medium">
        Done
      </Button>
    </div>
  )
}

/** Creates a key through the generated API; only this response contains the key itself. */
function createKey(data: Record<string, unknown>) {
  const given = Object.entries(data).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  )
  return ask<{ doc: Made }>('/api/api-keys?depth=0', Object.fromEntries(given), 'The key could not be made')
}
