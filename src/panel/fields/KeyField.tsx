'use client'
import { FieldDescription, FieldError, FieldLabel, useField } from '@payloadcms/ui'
import type { TextFieldClientComponent } from 'payload'

/** A key that can be set but never read. Payload would show a field without a column as read-only. */
export const KeyField: TextFieldClientComponent = ({ field, path }) => {
  const { value, setValue, showError, errorMessage } = useField<string | null>({ path })
  const id = `field-${path.replaceAll('.', '__')}`
  return (
    <div className="field-type text">
      <FieldLabel htmlFor={id} label={field.label ?? field.name} path={path} />
      <div className="field-type__wrap hub-own">
        <FieldError message={errorMessage} path={path} showError={showError} />
        <input
          autoComplete="new-password"
          id={id}
          onChange={(event) => setValue(event.target.value)}
          spellCheck={false}
          type="password"
          value={value ?? ''}
        />
      </div>
      <FieldDescription description={field.admin?.description} path={path} />
    </div>
  )
}
