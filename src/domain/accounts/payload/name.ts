import type { CollectionBeforeValidateHook } from 'payload'
import { nameSchema, readField } from '../input'

/**
 * Holds a name that comes through Payload to the rules of the versioned API, and stores it trimmed. One that does
 * not change is left as it is. Throws VALIDATION_ERROR.
 */
export const checkName: CollectionBeforeValidateHook = ({ data, originalDoc }) => {
  if (!data || data.name === undefined || data.name === originalDoc?.name) return data
  return { ...data, name: readField('name', nameSchema, data.name) }
}
