import { readFile } from 'node:fs/promises'
import { describe, expect, it } from '@jest/globals'
import { ConfigError, environmentSchema, readConfig } from '../../src/platform/config/environment'

const production = {
  APP_ENV: 'production',
  PAYLOAD_SECRET: 'x'.repeat(32),
  DATABASE_URL: 'postgres://hub:secret@127.0.0.1/hub',
}

describe('the configuration', () => {
  it('has a default for everything in development', () => {
    const config = readConfig({})
    expect(config).toMatchObject({
      production: false,
      host: '127.0.0.1',
      port: 3000,
      hubUrl: 'http://127.0.0.1:3000',
    })
  })

  it('names every bad variable at once, and shows no value', () => {
    const bad = {
      PORT: 'eighty',
      DATABASE_URL: 'mysql://root:hunter2@db',
      PAYLOAD_SECRET: 'short',
      PANEL: 'maybe',
    }
    expect(() => readConfig(bad)).toThrow(ConfigError)
    try {
      readConfig(bad)
    } catch (error) {
      const message = (error as Error).message
      for (const name of Object.keys(bad)) expect(message).toContain(`${name}:`)
      for (const value of ['hunter2', 'short', 'eighty']) expect(message).not.toContain(value)
    }
  })

  it('refuses production without a secret or a database', () => {
    expect(() => readConfig({ APP_ENV: 'production' })).toThrow(/PAYLOAD_SECRET[\s\S]*DATABASE_URL/)
    expect(readConfig(production).production).toBe(true)
  })

  it('asks for confirmed addresses in production once mail is set up, unless it is told', () => {
    const asks = (env: Record<string, string>) => readConfig(env).requireEmailConfirmation
    const mail = { SMTP_HOST: 'mail.example.com' }
    expect([asks({}), asks(mail), asks(production), asks({ ...production, ...mail })]).toEqual([
      false,
      false,
      false,
      true,
    ])
    expect(asks({ ...production, ...mail, REQUIRE_EMAIL_CONFIRMATION: 'false' })).toBe(false)
    expect(asks({ REQUIRE_EMAIL_CONFIRMATION: 'true' })).toBe(true)
  })

  it('knows no payments but none', () => {
    expect([readConfig({}).payments, readConfig({ PAYMENTS: 'off' }).payments]).toEqual([null, 'off'])
    for (const PAYMENTS of ['on', 'stripe', 'false', 'OFF'])
      expect(() => readConfig({ PAYMENTS })).toThrow(/PAYMENTS: only off/)
  })

  it('wants the admin whole or not at all', () => {
    expect(() => readConfig({ ADMIN_EMAIL: 'a@example.com' })).toThrow(/ADMIN_PASSWORD/)
  })

  it('holds the first admin’s password to the rules, names each that it breaks, and does not show it', () => {
    const admin = { ADMIN_EMAIL: 'a@example.com' }
    const faults = (password: string) => {
      try {
        readConfig({ ...admin, ADMIN_PASSWORD: password })
        return ''
      } catch (error) {
        return (error as Error).message
      }
    }
    const weak = faults('weakpass')
    for (const rule of ['an upper-case letter', 'a digit', 'a special character'])
      expect(weak).toContain(`ADMIN_PASSWORD: must have ${rule}`)
    expect(weak).not.toContain('weakpass')
    expect(weak.match(/ADMIN_PASSWORD/g)).toHaveLength(3)
    expect(faults(`aA1!${'x'.repeat(69)}`)).toContain('ADMIN_PASSWORD: must have at most 72 bytes')
    expect(faults('Choose-one-1')).toBe('')
  })

  it('is documented whole in .env.example', async () => {
    const example = await readFile('.env.example', 'utf8')
    const documented = [...example.matchAll(/^#?\s?([A-Z0-9_]+)=/gm)].map((match) => match[1])
    expect(documented.sort()).toEqual(Object.keys(environmentSchema.shape).sort())
  })
})
