'use client'
import { type KeyboardEvent, useId, useState } from 'react'
import type { WayToCall } from '../../domain/snippets/ways-to-call'
import '../parts/panel.css'
import './tools.css'

/** The ways to call a tool, one per tab, each with its snippet and a copy button. */
export function WayTabs({ ways, label }: { ways: WayToCall[]; label: string }) {
  const [chosen, setChosen] = useState(0)
  const id = useId()
  const way = ways[chosen]
  if (!way) return null
  const move = ({ key }: KeyboardEvent<HTMLDivElement>) => {
    const by = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0
    if (by === 0) return
    const next = (chosen + by + ways.length) % ways.length
    setChosen(next)
    document.getElementById(`${id}-${next}`)?.focus()
  }
  return (
    <div className="hub-ways">
      <div className="hub-segments hub-ways__tabs" role="tablist" aria-label={label} onKeyDown={move}>
        {ways.map(({ door, title }, at) => (
          <button
            key={door}
            id={`${id}-${at}`}
            type="button"
            role="tab"
            aria-selected={at === chosen}
            aria-controls={`${id}-panel`}
            tabIndex={at === chosen ? 0 : -1}
            onClick={() => setChosen(at)}
          >
            {title}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${chosen}`} className="hub-snippet">
        <span className="hub-snippet__copy">
          <CopyButton key={way.door} text={way.snippet} />
        </span>
        {/* A long line is scrolled to, also by the keyboard. */}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus */}
        <pre tabIndex={0} data-door={way.door}>
          <code>{way.snippet}</code>
        </pre>
      </div>
    </div>
  )
}

/** Payload's own copy button has no name for a screen reader. */
function CopyButton({ text }: { text: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard?.writeText(text)
    setCopied(true)
  }
  return (
    <button type="button" className="hub-button" onClick={copy} aria-live="polite">
      {copied ? 'Copied' : 'Copy'}
    </button>
  )
}
