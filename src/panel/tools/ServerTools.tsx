'use client'
import { useState } from 'react'
import { Input } from '../parts/Input'
import type { ServerTool } from './ask-mcp'

type Props = {
  tools: ServerTool[]
  /** The suggested prefix, used when a name is taken. */
  usualPrefix: string
  busy: boolean
  onImport: (names: string[], prefix: string) => void
}

/** The tools of a server to choose from. Tools that the hub already has cannot be chosen again. */
export function ServerTools({ tools, usualPrefix, busy, onImport }: Props) {
  const [chosen, setChosen] = useState<string[]>([])
  const [prefix, setPrefix] = useState(tools.some(({ taken }) => taken) ? usualPrefix : '')
  if (tools.length === 0) return <p className="hub-note">The server has no tools.</p>
  const toggle = (name: string, isOn: boolean) =>
    setChosen(isOn ? [...chosen, name] : chosen.filter((one) => one !== name))
  return (
    <>
      <ul className="hub-plain hub-mcp__tools">
        {tools.map((tool) => (
          <Choice key={tool.name} tool={tool} isChosen={chosen.includes(tool.name)} onToggle={toggle} />
        ))}
      </ul>
      <Input
        label="Prefix before each name, where names would clash"
        autoComplete="off"
        spellCheck={false}
        maxLength={40}
        value={prefix}
        onChange={setPrefix}
      />
      <button
        type="button"
        className="hub-button hub-button--main"
        disabled={busy || chosen.length === 0}
        onClick={() => onImport(chosen, prefix.trim())}
      >
        Import {chosen.length > 0 ? chosen.length : ''}
      </button>
    </>
  )
}

type ChoiceProps = { tool: ServerTool; isChosen: boolean; onToggle: (name: string, isOn: boolean) => void }

function Choice({ tool, isChosen, onToggle }: ChoiceProps) {
  return (
    <li>
      <label className="hub-try__check">
        <input
          type="checkbox"
          data-mcp={tool.name}
          disabled={tool.imported}
          checked={isChosen}
          onChange={(event) => onToggle(tool.name, event.target.checked)}
        />
        {tool.title ?? tool.name}
        {tool.imported && <span className="hub-note">is a tool of the hub</span>}
        {tool.taken && <span className="hub-note">another tool has this name: give a prefix</span>}
      </label>
      {tool.description && <p className="hub-note">{tool.description}</p>}
    </li>
  )
}
