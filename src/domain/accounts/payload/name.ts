import type { CollectionBeforeValidateHook } from 'payload'
import { nameSchema, readField } from '../input'

/**
 * Applies the versioned API's rules to a name that comes through Payload, and stores it trimmed. An unchanged name is
 * not checked. Throws VALIDATION_ERROR.
 */
export const checkName: CollectionBeforeValidateHook = ({ data, originalDoc }) => {
  if (!data || data.name === undefined || data.name === originalDoc?.name) return data
  return { ...data, name: readField('name', nameSchema, data.name) }
}
