import type { FirstAdmin } from '../domain/accounts/admins'
import type { Config } from '../platform/config/environment'

/** What a start prints for people: where everything is, who the admin is, and a line to try. */
export function banner(config: Config, admin: FirstAdmin, dataDir: string | null): string {
  const url = config.hubUrl
  const body = `{"name":"Ada","email":"ada-${Date.now()}@example.com","password":"Correct-horse-1"}`
  return [
    '',
    '  Joyfull UI Hub is running.',
    '',
    config.panel ? `  panel     ${url}/admin` : '  panel     off (PANEL=off)',
    ...(config.production ? [] : [`  admin     ${admin.email}`, `  password  ${passwordLine(admin)}`]),
    `  API       ${url}/api/v1/docs`,
    ...(dataDir ? [`  data      ${dataDir}`] : []),
    '',
    '  Try it:',
    `  curl -s -X POST ${url}/api/v1/auth/register -H 'Content-Type: application/json' -d '${body}'`,
    '',
    '',
  ].join('\n')
}

function passwordLine({ created, generatedPassword }: FirstAdmin): string {
  if (generatedPassword) return `${generatedPassword}   (shown this once)`
  return created ? 'the value of ADMIN_PASSWORD' : 'unchanged since an earlier start'
}
