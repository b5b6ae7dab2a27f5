'use client'
import { useDocumentInfo, useFormModified } from '@payloadcms/ui'
import { useMemo, useState } from 'react'
import { modelInputSchema } from '../../domain/models/input-schema'
import { exampleInput } from '../../domain/snippets/example-input'
import { toolOfDocument } from '../../domain/tools/document-tool'
import { type FormValues, fieldsOf, inputOf, valuesOf } from './schema-form'
import { askTrial, type Trialled, TrialResult } from './TrialResult'
import { type Plan, TriedAs, type Who } from './TriedAs'
import { TryFields } from './TryFields'
import '../parts/panel.css'
import './tools.css'

/** The only field of a tool whose schema names no properties. */
const WHOLE = [{ name: 'input', kind: 'json' as const, isRequired: true, description: null, choices: [] }]

/** Tests a tool's latest draft as a chosen user or plan. Nobody is charged; the usage log records it as a trial. */
export function TryIt({ plans }: { plans: Plan[] }) {
  const { id, savedDocumentData, initialData } = useDocumentInfo()
  const saved = savedDocumentData ?? initialData
  if (!id || !saved) return null
  const key = `${id} ${String(saved.updatedAt)}`
  return <TryForm key={key} id={String(id)} saved={saved} plans={plans} />
}

function TryForm({ id, saved, plans }: { id: string; saved: Record<string, unknown>; plans: Plan[] }) {
  const isChanged = useFormModified()
  const tool = useMemo(() => toolOfDocument({ ...saved, id }), [saved, id])
  const schema = tool.inputSchema ?? (tool.model && modelInputSchema(tool.model))
  const named = fieldsOf(schema)
  const fields = named.length > 0 ? named : WHOLE
  const example = exampleInput(tool)
  const [values, setValues] = useState<FormValues>(() =>
    valuesOf(fields, named.length > 0 ? example : { input: example }),
  )
  const [who, setWho] = useState<Who>({ plan: plans[0]?.name ?? '' })
  const [running, setRunning] = useState(false)
  const [result, setResult] = useState<Trialled | null>(null)
  const run = async () => {
    const read = inputOf(fields, values)
    if ('fault' in read) return setResult({ fault: `${read.field}: ${read.fault}` })
    const input = named.length > 0 ? read.input : read.input.input
    setRunning(true)
    setResult(await askTrial(id, { input, as: who }))
    setRunning(false)
  }
  return (
    <section className="hub-card hub-try" aria-label="Try it">
      <div className="hub-card__head">
        <h3>Try it</h3>
        <p className="hub-note">Calls the last saved draft for real. Nobody is charged.</p>
      </div>
      {isChanged && (
        <p className="hub-note hub-warn">What was changed since is not saved, and is not tried.</p>
      )}
      <div className="hub-try__form">
        <TryFields
          fields={fields}
          values={values}
          onChange={(name, value) => setValues({ ...values, [name]: value })}
        />
        <TriedAs plans={plans} onChange={setWho} />
      </div>
      <div>
        <button type="button" className="hub-button hub-button--main" disabled={running} onClick={run}>
          {running ? 'Calling …' : 'Call it'}
        </button>
      </div>
      <div aria-live="polite">{result && <TrialResult result={result} />}</div>
    </section>
  )
}
