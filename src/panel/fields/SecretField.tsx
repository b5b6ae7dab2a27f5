'use client'
import { Button, FieldDescription, FieldError, FieldLabel, useField } from '@payloadcms/ui'
import type { TextFieldClientComponent } from 'payload'
import type { ComponentProps } from 'react'

const SECRET_BYTES = 32

/** `isSigning`: a signing secret, which a button can generate; otherwise a provider's key, hidden like a password. */
type Props = ComponentProps<TextFieldClientComponent> & { isSigning?: boolean }

/**
 * A secret that can be set but never read: the field always comes back empty. Payload would show a field without a
 * column as read-only. A signing secret is generated in the browser, to copy before saving, so it is not hidden.
 */
export function SecretField({ field, path, isSigning = false }: Props) {
  const { value, setValue, showError, errorMessage } = useField<string | null>({ path })
  const id = `field-${path.replaceAll('.', '__')}`
  return (
    <div className="field-type text">
      <FieldLabel htmlFor={id} label={field.label ?? field.name} path={path} />
      <div className="field-type__wrap hub-own">
        <FieldError message={errorMessage} path={path} showError={showError} />
        <input
          autoComplete={isSigning ? 'off' : 'new-password'}
          id={id}
          onChange={(event) => setValue(event.target.value)}
          placeholder={isSigning ? 'whsec_…' : undefined}
          spellCheck={false}
          type={isSigning ? 'text' : 'password'}
          value={value ?? ''}
        />
      </div>
      {isSigning && (
        <Button buttonStyle="secondary" onClick={() => setValue(newSecret())} size="small" type="button">
          Make a secret
        </Button>
      )}
      <FieldDescription description={field.admin?.description} path={path} />
    </div>
  )
}

function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES))
  return `whsec_${btoa(String.fromCharCode(...bytes))}`
}
