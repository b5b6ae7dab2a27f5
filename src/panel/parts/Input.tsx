'use client'
import type { ComponentProps } from 'react'

type Labelled<Control extends 'input' | 'select'> = Omit<ComponentProps<Control>, 'onChange'> & {
  label: string
  value: string
  onChange: (value: string) => void
}

/** An input under its label. */
export const Input = ({ label, onChange, ...props }: Labelled<'input'>) => (
  <label className="hub-field">
    {label}
    <input className="hub-input" onChange={({ target }) => onChange(target.value)} {...props} />
  </label>
)

/** A choice under its label: each option with its value and text. */
export function Select({ label, onChange, options, ...props }: Labelled<'select'> & { options: string[][] }) {
  return (
    <label className="hub-field">
      {label}
      <select className="hub-input" onChange={({ target }) => onChange(target.value)} {...props}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}

/** The reason for an action; it is stored with it. */
export const Reason = (props: Pick<Labelled<'input'>, 'value' | 'onChange'>) => (
  <Input label="Reason, for other admins" maxLength={500} {...props} />
)

/** Whether a reason says enough for the hub to accept it. */
export const isReason = (text: string): boolean => text.trim().length >= 3
