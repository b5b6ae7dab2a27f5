'use client'
import { toast, usePreferences } from '@payloadcms/ui'
import { useSearchParams } from 'next/navigation'
import { useEffect, useState } from 'react'
import { filterOf, listLink } from '../parts/links'
import '../parts/panel.css'

type Preset = { name: string; query: string }

const KEY = 'usage-log-presets'
const MOST = 20

/** Reads the saved presets; ignores any other stored value. */
function presetsOf(kept: unknown): Preset[] {
  if (!Array.isArray(kept)) return []
  return kept.filter((one) => typeof one?.name === 'string' && typeof one?.query === 'string')
}

/**
 * Filters of the usage log: some for everybody, and those that this admin saved. Each link reloads the page, because
 * Payload's list keeps its old filter when only the address changes.
 */
export function UsagePresets() {
  const { getPreference, setPreference } = usePreferences()
  const [saved, setSaved] = useState<Preset[]>([])
  const [name, setName] = useState('')
  const filter = filterOf(useSearchParams())
  useEffect(() => {
    void getPreference<unknown>(KEY).then((kept) => setSaved(presetsOf(kept)))
  }, [getPreference])
  const keep = async (presets: Preset[]) => {
    setSaved(presets)
    await setPreference(KEY, presets)
  }
  const save = async () => {
    const others = saved.filter((one) => one.name !== name.trim())
    await keep([...others, { name: name.trim(), query: filter }].slice(-MOST))
    setName('')
    toast.success('Saved')
  }
  return (
    <div className="hub-view hub-presets">
      <nav aria-label="Presets" className="hub-choices">
        {usual(new Date()).map((preset) => (
          <a key={preset.name} className="hub-button" href={preset.query}>
            {preset.name}
          </a>
        ))}
        {saved.map((preset) => (
          <span key={preset.name} className="hub-preset">
            <a className="hub-button" href={`/admin/collections/usage-logs?${preset.query}`}>
              {preset.name}
            </a>
            <button
              className="hub-button"
              type="button"
              aria-label={`Forget ${preset.name}`}
              onClick={() => keep(saved.filter((one) => one !== preset))}
            >
              ×
            </button>
          </span>
        ))}
        {filter && (
          <a className="hub-button" href="/admin/collections/usage-logs">
            Show all
          </a>
        )}
      </nav>
      {filter && (
        <form
          className="hub-choices"
          onSubmit={(event) => {
            event.preventDefault()
            void save()
          }}
        >
          <input
            aria-label="Name of this filter"
            className="hub-input"
            maxLength={40}
            onChange={(event) => setName(event.target.value)}
            placeholder="Name of this filter"
            style={{ width: 180 }}
            value={name}
          />
          <button className="hub-button" type="submit" disabled={name.trim() === ''}>
            Save filter
          </button>
        </form>
      )}
    </div>
  )
}

function usual(now: Date): Preset[] {
  const since = (hours: number) => {
    const at = new Date(now.getTime() - hours * 3_600_000)
    return { createdAt: { greater_than_equal: `${at.toISOString().slice(0, 13)}:00:00.000Z` } }
  }
  const of = (name: string, conditions: Parameters<typeof listLink>[1]) => ({
    name,
    query: listLink('usage-logs', conditions),
  })
  return [
    of('Failed, 24 hours', { status: { in: 'error,timeout' }, ...since(24) }),
    of('Under way', { status: { equals: 'pending' } }),
    of('Slower than 10 s, 7 days', { durationMs: { greater_than: 10_000 }, ...since(168) }),
    of('Broken off but charged, 30 days', { source: { in: 'partial,estimated' }, ...since(720) }),
  ]
}
