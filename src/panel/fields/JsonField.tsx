'use client'
import { FieldDescription, FieldError, FieldLabel, useField } from '@payloadcms/ui'
import type { JSONFieldClientComponent } from 'payload'
import { type ComponentProps, type FunctionComponent, useCallback, useState } from 'react'
import { explainJsonFault } from './json-fault'
import '../parts/panel.css'

/** `writeOnly` is for a field without a column, which Payload would show as read-only. */
type Editor = FunctionComponent<ComponentProps<JSONFieldClientComponent> & { writeOnly?: boolean }>

/**
 * JSON as plain text, checked while it is typed. Payload's own editor loads its code from another host, and the hub
 * sends requests only to hosts that its admin named.
 */
export const JsonField: Editor = ({ field, path, readOnly, writeOnly }) => {
  const [fault, setFault] = useState<string | null>(null)
  const validate = useCallback(() => fault ?? true, [fault])
  const { value, setValue, showError, errorMessage } = useField<unknown>({ path, validate })
  const [text, setText] = useState(() =>
    value === undefined || value === null ? '' : JSON.stringify(value, null, 2),
  )
  const { label, required, admin } = field
  const change = (typed: string) => {
    setText(typed)
    try {
      setValue(typed.trim() === '' ? null : JSON.parse(typed))
      setFault(null)
    } catch (error) {
      setFault(`This is no valid JSON. ${explainJsonFault(typed, error as Error)}`)
    }
  }
  const id = `field-${path.replaceAll('.', '__')}`
  return (
    <div className="field-type json-field">
      <FieldLabel htmlFor={id} label={label} path={path} required={required} />
      <div className="field-type__wrap">
        <FieldError path={path} showError={showError || fault !== null} message={fault ?? errorMessage} />
        <textarea
          id={id}
          className="hub-json"
          aria-invalid={fault !== null}
          disabled={!writeOnly && (readOnly || admin?.readOnly)}
          onChange={(event) => change(event.target.value)}
          rows={Math.min(24, Math.max(4, text.split('\n').length))}
          spellCheck={false}
          value={text}
        />
      </div>
      <FieldDescription description={admin?.description} path={path} />
    </div>
  )
}
