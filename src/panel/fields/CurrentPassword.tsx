'use client'
import { PasswordField, useAuth, useDocumentInfo, useFormFields } from '@payloadcms/ui'

/** Shown on users' own account while they type a new password, because the change needs the current one. */
export function CurrentPassword() {
  const { user } = useAuth()
  const { id } = useDocumentInfo()
  const changing = useFormFields(([fields]) => Boolean(fields?.password?.value))
  if (!changing || !user || user.id !== id) return null
  return (
    <PasswordField
      autoComplete="current-password"
      field={{ name: 'currentPassword', label: 'Current password', required: true }}
      path="currentPassword"
      validate={(value) => (value ? true : 'Your current password is needed to change it')}
    />
  )
}
