import type { FirstAdmin } from '../accounts/admins'
import type { Config } from '../config/environment'

/** What a start prints for people: where everything is, who the admin is, and a line to try. */
export function banner(config: Config, admin: FirstAdmin, dataDir: string | null): string {
  const url = config.hubUrl
  const password = admin.generatedPassword
    ? `password  ${admin.generatedPassword}   (shown this once)`
    : 'password  as it was set before'
  const body = `{"name":"Ada","email":"ada-${Date.now()}@example.com","password":"Correct-horse-1"}`
  return [
    '',
    '  Joyfull UI Hub is running.',
    '',
    config.panel ? `  panel     ${url}/admin` : '  panel     off (PANEL=off)',
    ...(config.production ? [] : [`  admin     ${admin.email}`, `  ${password}`]),
    `  API       ${url}/api/v1/docs`,
    ...(dataDir ? [`  data      ${dataDir}`] : []),
    '',
    '  Try it:',
    `  curl -s -X POST ${url}/api/v1/auth/register -H 'Content-Type: application/json' -d '${body}'`,
    '',
    '',
  ].join('\n')
}
