import { z } from '@hono/zod-openapi'
import { Id, Name, Time } from '../../kit/common-schemas'

const example = {
  id: '0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01',
  name: 'Ada Lovelace',
  email: 'ada@example.org',
  role: 'user' as const,
  created_at: '2026-01-31T12:00:00.000Z',
}

export const profileShape = {
  id: Id,
  name: z.string(),
  email: z.string(),
  role: z.enum(['user', 'admin']),
  created_at: Time,
}

export const Profile = z.object(profileShape).openapi('Profile', { example })

export const TokenPair = z
  .object({
    access_token: z.string().openapi({ description: 'A JWT, for `Authorization: Bearer …`.' }),
    refresh_token: z.string().openapi({ description: 'Works once, for the next pair.' }),
    token_type: z.literal('bearer'),
    expires_in: z.int().min(1).openapi({ description: 'Seconds until the access token expires.' }),
  })
  .openapi('TokenPair')

/** Bounded far above what is allowed: `accounts` knows the rules, and names all that are broken at once. */
const PersonName = z.string().max(1_000).openapi({ example: example.name })
const Password = z.string().max(1_000).openapi({ format: 'password', example: 'Tr1cky-horse' })
const Email = z.string().max(1_000).openapi({ format: 'email', example: example.email })
const RefreshToken = z.string().min(1).max(1_000)

export const Register = z
  .strictObject({ name: PersonName, email: Email, password: Password })
  .openapi('Register')
export const Login = z.strictObject({ email: Email, password: Password }).openapi('Login')
export const Refresh = z.strictObject({ refresh_token: RefreshToken }).openapi('Refresh')
export const ResetRequest = z.strictObject({ email: Email }).openapi('PasswordResetRequest')
export const NewPassword = z.strictObject({ new_password: Password }).openapi('NewPassword')
export const ChangePassword = z
  .strictObject({ current_password: Password, new_password: Password })
  .openapi('ChangePassword')
export const ChangeProfile = z.strictObject({ name: Name }).openapi('ChangeProfile')

export const MailedToken = z.strictObject({
  token: z.string().min(1).max(500).openapi({ description: 'The token of a mailed link.' }),
})

export const Session = z
  .object({
    id: Id,
    created_at: Time,
    last_used_at: Time,
    expires_at: Time,
    address: z.string().nullable().openapi({ description: 'The network address of the sign-in.' }),
    user_agent: z.string().nullable().openapi({ description: 'The browser or program.' }),
    current: z.boolean().openapi({ description: 'True for the session of this request.' }),
  })
  .openapi('Session')

export const SessionParams = z.strictObject({ session_id: Id })

export const ApiKey = z
  .object({
    id: Id,
    name: z.string(),
    key_prefix: z.string().openapi({ example: 'jhub_4fT9xQ2a' }),
    active: z.boolean(),
    created_at: Time,
    last_used_at: Time.nullable().openapi({ description: 'Accurate to about a minute.' }),
    expires_at: Time.nullable(),
  })
  .openapi('ApiKey')

export const NewApiKey = z
  .strictObject({
    name: Name,
    expires_at: z.iso
      .datetime({ offset: true })
      .refine((time) => time < '9999', 'must be before the year 9999')
      .nullish()
      .openapi({ description: 'Must be in the future. Without it the key is valid until it is revoked.' }),
  })
  .openapi('NewApiKey')

export const MadeApiKey = z
  .object({
    id: Id,
    name: z.string(),
    key: z.string().openapi({ description: 'The secret value of the key, shown only once.' }),
    key_prefix: z.string(),
    created_at: Time,
    expires_at: Time.nullable(),
  })
  .openapi('MadeApiKey')

export const KeyParams = z.strictObject({ key_id: Id })
