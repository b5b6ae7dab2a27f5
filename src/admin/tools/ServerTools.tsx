'use client'
import { useState } from 'react'
import type { ServerTool } from './ask-mcp'

type Props = { tools: ServerTool[]; busy: boolean; onImport: (names: string[]) => void }

/** The tools of a server to choose from. Those that the hub has cannot be chosen again. */
export function ServerTools({ tools, busy, onImport }: Props) {
  const [chosen, setChosen] = useState<string[]>([])
  if (tools.length === 0) return <p className="hub-note">The server has no tools.</p>
  const toggle = (name: string, isOn: boolean) =>
    setChosen(isOn ? [...chosen, name] : chosen.filter((one) => one !== name))
  return (
    <>
      <ul className="hub-plain hub-mcp__tools">
        {tools.map((tool) => (
          <li key={tool.name}>
            <label className="hub-try__check">
              <input
                type="checkbox"
                data-mcp={tool.name}
                disabled={tool.imported}
                checked={chosen.includes(tool.name)}
                onChange={(event) => toggle(tool.name, event.target.checked)}
              />
              {tool.title ?? tool.name}
              {tool.imported && <span className="hub-note">is a tool of the hub</span>}
            </label>
            {tool.description && <p className="hub-note">{tool.description}</p>}
          </li>
        ))}
      </ul>
      <button
        type="button"
        className="hub-button hub-button--main"
        disabled={busy || chosen.length === 0}
        onClick={() => onImport(chosen)}
      >
        Import {chosen.length > 0 ? chosen.length : ''}
      </button>
    </>
  )
}
