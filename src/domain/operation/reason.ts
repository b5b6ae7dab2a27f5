import { z } from 'zod'

/** Why an admin does something: it stands in the audit log. */
export const reasonSchema = z.string().trim().min(3, 'Say why, in at least 3 characters').max(500)
