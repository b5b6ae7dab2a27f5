import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { z } from 'zod'
import { passwordProblems } from './password-rules'

const integer = (least: number, most: number) => z.coerce.number().int().min(least).max(most)
const flag = z
  .enum(['true', 'false', 'on', 'off', '1', '0'])
  .transform((v) => v === 'true' || v === 'on' || v === '1')
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
)
const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''))
const hostAndPort = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):\d{1,5}$/

/** The password rules of every account. Each broken rule has its own line. */
const password = z.string().superRefine((text, context) => {
  for (const { message } of passwordProblems(text)) context.addIssue({ code: 'custom', message })
})

/** Every variable that the hub reads. `.env.example` documents the same list; a test checks that the two agree. */
export const environmentSchema = z.object({
  APP_ENV: z.enum(['development', 'production']).default('development'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: integer(0, 65_535).default(3000),
  HUB_URL: httpUrl.optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' }).optional(),
  DATABASE_POOL_SIZE: integer(6, 500).default(24),
  HUB_DATA_DIR: z.string().min(1).default('.data'),
  PAYLOAD_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  ADMIN_EMAIL: z.email().max(254).toLowerCase().optional(),
  ADMIN_PASSWORD: password.optional(),
  CORS_ORIGINS: list.pipe(z.array(httpUrl)).default([]),
  SMTP_HOST: z.string().min(1).optional(),
  SMTP_PORT: integer(1, 65_535).default(587),
  SMTP_USER: z.string().optional(),
  SMTP_PASSWORD: z.string().optional(),
  SMTP_SECURE: flag.default(false),
  SMTP_FROM: z.string().min(3).default('Joyfull UI Hub <hub@localhost>'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  ACCESS_TOKEN_MINUTES: integer(1, 1440).default(30),
  REFRESH_TOKEN_DAYS: integer(1, 365).default(7),
  SESSION_MAX_DAYS: integer(1, 3_650).default(90),
  BCRYPT_COST: integer(10, 16).default(10),
  REQUIRE_EMAIL_CONFIRMATION: flag.optional(),
  PAYMENTS: z.literal('off', { error: 'only off is known: users pay nothing for a plan' }).optional(),
  EMAIL_LINK_URL: httpUrl.optional(),
  TRUST_PROXY: integer(0, 10).default(0),
  TOOL_ALLOWED_HOSTS: list
    .pipe(z.array(z.string().regex(hostAndPort, 'must be a list of host:port')))
    .default([]),
  LOCAL_MODEL_URL: httpUrl.optional(),
  LOCAL_MODEL: z.string().min(1).max(200).default('llama3.2:1b'),
  PANEL: flag.default(true),
  GENERATED_API_RATE: integer(1, 10_000_000).default(600),
  USAGE_RETENTION_MONTHS: integer(0, 1_200).default(0),
  S3_BUCKET: z.string().min(1).optional(),
  S3_REGION: z.string().min(1).default('us-east-1'),
  S3_ENDPOINT: httpUrl.optional(),
  S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
})

type Environment = z.infer<typeof environmentSchema>

/** The hub's configuration: validated, with absolute paths and every default filled in. */
export type Config = ReturnType<typeof toConfig>

/** Thrown by `readConfig`; its message has one line for every invalid variable. It never shows a value. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/**
 * Reads and checks the environment. Empty variables count as not set. Throws `ConfigError` that names every
 * bad variable at once.
 */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const result = environmentSchema.safeParse(given)
  const problems = result.success
    ? missingInProduction(result.data)
    : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  if (result.success && problems.length === 0) return toConfig(result.data)
  throw new ConfigError(`The configuration is not valid:\n${problems.map((line) => `  ${line}`).join('\n')}`)
}

function missingInProduction(env: Environment): string[] {
  const problems: string[] = []
  if ((env.ADMIN_EMAIL === undefined) !== (env.ADMIN_PASSWORD === undefined)) {
    problems.push('ADMIN_EMAIL, ADMIN_PASSWORD: set both or neither')
  }
  if (env.S3_BUCKET && (env.S3_ACCESS_KEY_ID === undefined) !== (env.S3_SECRET_ACCESS_KEY === undefined)) {
    problems.push('S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY: set both or neither')
  }
  if (env.APP_ENV !== 'production') return problems
  if (!env.PAYLOAD_SECRET) problems.push('PAYLOAD_SECRET: required in production (at least 32 characters)')
  if (!env.DATABASE_URL) problems.push('DATABASE_URL: required in production')
  return problems
}

function toConfig(env: Environment) {
  const dataDir = resolve(env.HUB_DATA_DIR)
  return {
    production: env.APP_ENV === 'production',
    host: env.HOST,
    port: env.PORT,
    hubUrl:
      env.HUB_URL ??
      `http://${env.HOST === '0.0.0.0' || env.HOST === '::' ? 'localhost' : env.HOST}:${env.PORT}`,
    databaseUrl: env.DATABASE_URL,
    databasePoolSize: env.DATABASE_POOL_SIZE,
    dataDir,
    secret: env.PAYLOAD_SECRET,
    admin:
      env.ADMIN_EMAIL && env.ADMIN_PASSWORD ? { email: env.ADMIN_EMAIL, password: env.ADMIN_PASSWORD } : null,
    corsOrigins: env.CORS_ORIGINS,
    smtp: env.SMTP_HOST
      ? {
          host: env.SMTP_HOST,
          port: env.SMTP_PORT,
          user: env.SMTP_USER,
          password: env.SMTP_PASSWORD,
          secure: env.SMTP_SECURE,
        }
      : null,
    mailFrom: env.SMTP_FROM,
    logLevel: env.LOG_LEVEL,
    accessTokenMinutes: env.ACCESS_TOKEN_MINUTES,
    refreshTokenDays: env.REFRESH_TOKEN_DAYS,
    sessionMaxDays: env.SESSION_MAX_DAYS,
    bcryptCost: env.BCRYPT_COST,
    hashesAtOnce: Math.max(1, Math.min(availableParallelism(), 3)),
    // If mail is configured. Existing accounts can still sign in (`credentials.must_confirm`).
    requireEmailConfirmation:
      env.REQUIRE_EMAIL_CONFIRMATION ?? (env.APP_ENV === 'production' && env.SMTP_HOST !== undefined),
    payments: env.PAYMENTS ?? null,
    emailLinkUrl: env.EMAIL_LINK_URL,
    trustProxy: env.TRUST_PROXY,
    toolAllowedHosts: env.TOOL_ALLOWED_HOSTS,
    localModel: env.LOCAL_MODEL_URL ? { url: env.LOCAL_MODEL_URL, name: env.LOCAL_MODEL } : null,
    panel: env.PANEL,
    generatedApiRate: env.GENERATED_API_RATE,
    usageRetentionMonths: env.USAGE_RETENTION_MONTHS,
    s3: env.S3_BUCKET
      ? {
          bucket: env.S3_BUCKET,
          region: env.S3_REGION,
          endpoint: env.S3_ENDPOINT,
          accessKeyId: env.S3_ACCESS_KEY_ID,
          secretAccessKey: env.S3_SECRET_ACCESS_KEY,
        }
      : null,
  }
}
