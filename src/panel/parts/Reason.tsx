'use client'

/** The reason for an action; it is stored with it. */
export function Reason({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  return (
    <label className="hub-field">
      Reason, for other admins
      <input
        className="hub-input"
        maxLength={500}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  )
}
