import { randomInt } from 'node:crypto'
import type { TestHub } from '../support/hub'
import { PASSWORD, unique } from '../support/people'
import { must } from './ask'

export interface Caller {
  id: string
  token: string
  refreshToken: string
  key: string
  keyId: string
}

/** What a tool of the tests costs: a price, or what it reports after having held `maxTokens`, or by estimate. */
export type Price = { fixed: number } | { maxTokens: number } | 'estimated'

/** Prepares plans, tools and people through one hub's own API. */
export class Stage {
  private constructor(
    readonly hub: Pick<TestHub, 'url' | 'admin'>,
    readonly adminToken: string,
  ) {}

  static async open(hub: Pick<TestHub, 'url' | 'admin'>): Promise<Stage> {
    const pair = await must<{ access_token: string }>(200, hub, 'POST', '/auth/login', { body: hub.admin })
    return new Stage(hub, pair.access_token)
  }

  /** A plan with room for many calls, so that only its tokens limit them; its name. */
  async plan(tokenLimit: number, more: Record<string, unknown> = {}): Promise<string> {
    const name = unique('plan')
    const body = {
      name,
      title: name,
      tier: 'enterprise',
      rank: randomInt(100, 1_000_000_000),
      priceCents: 0,
      currency: 'USD',
      tokenLimit,
      features: [],
      requestsPerMinute: 60_000,
      burst: 5_000,
      callsAtOnce: 1_000,
      selfService: true,
      ...more,
    }
    await must(201, this.hub, 'POST', '/api/plans', { token: this.adminToken, body })
    return name
  }

  /** A tool that is called once a call (no retries); its id. */
  async tool(endpoint: string, price: Price): Promise<string> {
    const reported = { mode: 'reported', path: 'usage.total_tokens' }
    const body = {
      name: unique('Tool'),
      description: 'A tool of a test.',
      api_endpoint: endpoint,
      retries: 0,
      metering:
        typeof price === 'object' && 'fixed' in price ? { mode: 'fixed', tokens: price.fixed } : reported,
      ...(typeof price === 'object' && 'maxTokens' in price ? { max_tokens: price.maxTokens } : {}),
    }
    const made = await must<{ id: string }>(201, this.hub, 'POST', '/admin/tools', {
      token: this.adminToken,
      body,
    })
    return made.id
  }

  /** A new account on a plan, signed in, with an API key. */
  async caller(plan: string): Promise<Caller> {
    const account = { email: `${unique('user')}@example.org`, password: PASSWORD }
    const { id } = await must<{ id: string }>(201, this.hub, 'POST', '/auth/register', {
      body: { name: 'Test User', ...account },
    })
    const pair = await must<{ access_token: string; refresh_token: string }>(
      200,
      this.hub,
      'POST',
      '/auth/login',
      { body: account },
    )
    const token = pair.access_token
    await must(200, this.hub, 'POST', '/subscriptions/subscribe', { token, body: { plan } })
    const made = await must<{ id: string; key: string }>(201, this.hub, 'POST', '/users/me/api-keys', {
      token,
      body: { name: 'a key' },
    })
    return { id, token, refreshToken: pair.refresh_token, key: made.key, keyId: made.id }
  }
}
