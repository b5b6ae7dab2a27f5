'use client'
import { useId } from 'react'
import type { FormValues, SchemaField } from './schema-form'

type Change = (name: string, value: string | boolean) => void

/** The fields of a tool's input, made from its schema. */
export function TryFields(props: { fields: SchemaField[]; values: FormValues; onChange: Change }) {
  return props.fields.map((field) => (
    <OneField
      key={field.name}
      field={field}
      value={props.values[field.name] ?? ''}
      onChange={(value) => props.onChange(field.name, value)}
    />
  ))
}

type OneProps = { field: SchemaField; value: string | boolean; onChange: (value: string | boolean) => void }

function OneField({ field, value, onChange }: OneProps) {
  const id = useId()
  const { name, kind, isRequired, description } = field
  const label = `${name}${isRequired ? ' *' : ''}`
  if (kind === 'boolean')
    return (
      <label className="hub-try__check">
        <input
          type="checkbox"
          data-try={name}
          checked={value === true}
          onChange={(event) => onChange(event.target.checked)}
        />
        {label}
      </label>
    )
  const isLong = kind === 'json' || kind === 'text'
  return (
    <div className={`hub-field${isLong ? ' hub-try__wide' : ''}`}>
      <label htmlFor={id}>{label}</label>
      <Control id={id} field={field} value={String(value)} onChange={onChange} />
      {description && <span className="hub-note">{description}</span>}
    </div>
  )
}

function Control({ id, field, value, onChange }: OneProps & { id: string; value: string }) {
  const { kind, choices, isRequired, name } = field
  const common = { id, 'data-try': name, className: 'hub-input', value }
  if (kind === 'choice')
    return (
      <select {...common} onChange={(event) => onChange(event.target.value)}>
        {(!isRequired || value === '') && <option value="">–</option>}
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice.replace(/^"(.*)"$/, '$1')}
          </option>
        ))}
      </select>
    )
  if (kind === 'number')
    return <input {...common} inputMode="decimal" onChange={(event) => onChange(event.target.value)} />
  return (
    <textarea
      {...common}
      rows={kind === 'json' ? Math.min(14, Math.max(4, value.split('\n').length)) : 3}
      spellCheck={kind === 'text'}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
