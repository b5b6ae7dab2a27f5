'use client'
import { Button, FieldDescription, FieldError, FieldLabel, useField } from '@payloadcms/ui'
import type { TextFieldClientComponent } from 'payload'

const SECRET_BYTES = 32

/**
 * A signing secret that can be set but never read: the field always comes back empty. A button generates a secret in
 * the browser, to copy before saving.
 */
export const SecretField: TextFieldClientComponent = ({ field, path }) => {
  const { value, setValue, showError, errorMessage } = useField<string | null>({ path })
  const id = `field-${path.replaceAll('.', '__')}`
  return (
    <div className="field-type text">
      <FieldLabel htmlFor={id} label={field.label ?? field.name} path={path} />
      <div className="field-type__wrap hub-own">
        <FieldError message={errorMessage} path={path} showError={showError} />
        <input
          autoComplete="off"
          id={id}
          onChange={(event) => setValue(event.target.value)}
          placeholder="whsec_…"
          spellCheck={false}
          type="text"
          value={value ?? ''}
        />
      </div>
      <Button buttonStyle="secondary" onClick={() => setValue(newSecret())} size="small" type="button">
        Make a secret
      </Button>
      <FieldDescription description={field.admin?.description} path={path} />
    </div>
  )
}

function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES))
  return `whsec_${btoa(String.fromCharCode(...bytes))}`
}
