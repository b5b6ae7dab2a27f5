import { type OwnHub, ownHub } from '../../tests/support/own-hub'
import { type MailCatcher, startMailCatcher } from './mail-catcher'
import { type Scripted, startScripted } from './scripted'

/**
 * The hubs that the rows attack, each on a database of its own:
 * `development` without the panel, `panel` with it, `production` as it comes (no mail server),
 * `https` in production with a public address, a mail server, and plans that may be chosen.
 */
export type HubKind = 'development' | 'panel' | 'production' | 'https'

export const HUB_ADDRESS = 'https://hub.example.org'

export type Stage = {
  checkout: string
  /** False where the panel is not built: what needs it is left out. */
  hasPanel: boolean
  /** The hub of this kind, started when it is first asked for. */
  hub: (kind: HubKind) => Promise<OwnHub>
  /** Where tools and models send their calls; `thief` is another origin. */
  upstream: Scripted
  thief: Scripted
  mail: MailCatcher
  close: () => Promise<void>
}

/** The database server must have been started (`HUB_TEST_DATABASE_URL`), and the checkout's hub must be built. */
export async function openStage(checkout: string, hasPanel: boolean): Promise<Stage> {
  const [upstream, thief, mail] = await Promise.all([startScripted(), startScripted(), startMailCatcher()])
  const hubs = new Map<HubKind, Promise<OwnHub>>()
  // This checkout's hubs may start on a copy of a database that it migrated before.
  const ofOthers = checkout === process.cwd() ? undefined : checkout
  return {
    checkout,
    hasPanel,
    upstream,
    thief,
    mail,
    hub: (kind) => {
      const hub = hubs.get(kind) ?? ownHub(environmentOf(kind, mail.port), ofOthers)
      hubs.set(kind, hub)
      return hub
    },
    close: async () => {
      const started = await Promise.allSettled(hubs.values())
      for (const hub of started) if (hub.status === 'fulfilled') await hub.value.close()
      await Promise.all([upstream.close(), thief.close(), mail.close()])
    },
  }
}

/** The tests' own hubs have wider bounds; an empty variable counts as not set. */
const AS_IT_COMES = { GENERATED_API_RATE: '' }

function environmentOf(kind: HubKind, mailPort: number): Record<string, string> {
  if (kind === 'panel') return { ...AS_IT_COMES, PANEL: 'on' }
  if (kind === 'production') return { ...AS_IT_COMES, APP_ENV: 'production' }
  if (kind === 'development') return AS_IT_COMES
  return {
    ...AS_IT_COMES,
    APP_ENV: 'production',
    HUB_URL: HUB_ADDRESS,
    PAYMENTS: 'off',
    SMTP_HOST: '127.0.0.1',
    SMTP_PORT: String(mailPort),
  }
}
