'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { explainJsonFault } from '../fields/json-fault'
import { Input } from '../parts/Input'
import {
  askImport,
  askList,
  type Imported,
  readHeaders,
  type Server,
  type ServerTool,
  usualPrefix,
} from './ask-mcp'
import { ServerTools } from './ServerTools'
import '../parts/panel.css'
import './tools.css'

type Found = { server: Server; tools: ServerTool[] }

/** Above the list of tools: lists the tools of an MCP server, and imports the chosen ones. */
export function McpImport() {
  const router = useRouter()
  const [found, setFound] = useState<Found | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const [done, setDone] = useState<Imported | null>(null)
  const [busy, setBusy] = useState(false)
  const list = async (server: Server) => {
    setBusy(true)
    const answer = await askList(server)
    setBusy(false)
    setFault('fault' in answer ? answer.fault : null)
    setFound('data' in answer ? { server, tools: answer.data } : null)
  }
  const choose = async ({ server }: Found, names: string[], prefix: string) => {
    setBusy(true)
    const answer = await askImport(server, names, prefix)
    setBusy(false)
    setDone('data' in answer ? answer.data : null)
    if ('fault' in answer) return setFault(answer.fault)
    await list(server)
    router.refresh()
  }
  const look = (server: Server | { fault: string }) => {
    setDone(null)
    if ('fault' in server) return setFault(server.fault)
    void list(server)
  }
  return (
    <details className="hub-card hub-mcp">
      <summary>Import tools of an MCP server</summary>
      <ServerForm busy={busy} onList={look} />
      <div aria-live="polite">
        {fault && <p className="hub-bad">{fault}</p>}
        {done && <Outcome {...done} />}
        {found && (
          <ServerTools
            key={found.tools.map(({ name, imported }) => `${name} ${imported}`).join()}
            tools={found.tools}
            usualPrefix={usualPrefix(found.server)}
            busy={busy}
            onImport={(names, prefix) => void choose(found, names, prefix)}
          />
        )}
      </div>
    </details>
  )
}

type FormProps = { busy: boolean; onList: (server: Server | { fault: string }) => void }

function ServerForm({ busy, onList }: FormProps) {
  const [address, setAddress] = useState('')
  const [headers, setHeaders] = useState('')
  const list = () => {
    try {
      const read = readHeaders(headers)
      onList({ api_endpoint: address.trim(), ...(read ? { headers: read } : {}) })
    } catch (error) {
      onList({ fault: `Headers: ${explainJsonFault(headers, error as Error)}` })
    }
  }
  return (
    <div className="hub-try__form">
      <Input
        label="Address of the server"
        type="url"
        placeholder="https://mcp.example.org/mcp"
        value={address}
        onChange={setAddress}
      />
      <Input
        label="Headers, kept as secrets"
        autoComplete="off"
        spellCheck={false}
        placeholder='{"Authorization": "Bearer …"}'
        value={headers}
        onChange={setHeaders}
      />
      <div className="hub-try__wide">
        <button type="button" className="hub-button" disabled={busy || address.trim() === ''} onClick={list}>
          {busy ? 'Asking …' : 'List tools'}
        </button>
      </div>
    </div>
  )
}

function Outcome({ imported, refused }: Imported) {
  return (
    <ul className="hub-plain">
      {imported.map(({ name, tool_id, slug }) => (
        <li key={name}>
          <a href={`/admin/collections/tools/${tool_id}`}>{slug}</a> is published.
        </li>
      ))}
      {refused.map(({ name, message }) => (
        <li key={name} className="hub-bad">
          {name}: {message}
        </li>
      ))}
    </ul>
  )
}
