import type { Changes } from '../src/domain/audit/record'
import { grantedNote } from '../src/domain/billing/grants'
import { correctionTitle } from '../src/domain/ledger/corrections'
import { demoId } from '../src/platform/database/demo-mark'
import { DEMO_ADMIN, type DemoGrant } from './admin-acts'
import { type DemoEvent, made } from './entries'
import type { DemoPerson } from './people'
import { PAUSED_MS, PAUSED_REASON } from './roles'
import { DAY_MS } from './time'
import type { DemoToolChange } from './tool-versions'
import { DEMO_TOOLS } from './tools'
import type { DemoCorrection } from './write-sums'

/** The admin's actions: created and changed tools, granted tokens, paused, corrected, exported. */
export type AdminActs = {
  people: DemoPerson[]
  grants: DemoGrant[]
  corrections: DemoCorrection[]
  toolChanges: DemoToolChange[]
}

/** Their events in the audit log. */
export function adminEvents(acts: AdminActs, since: Date, now: Date): DemoEvent[] {
  const events = [
    ...DEMO_TOOLS.map((tool) => ({
      at: since,
      action: 'create' as const,
      subject: 'tools',
      subjectId: tool.id,
      title: tool.name,
      changes: made({ name: tool.name, slug: tool.slug, minimumTier: tool.minimumTier, isActive: true }),
    })),
    ...acts.toolChanges.map(toolChanged),
    ...acts.grants.map((grant) => granted(acts.people, grant)),
    ...acts.people.flatMap((person, index) => (person.role?.paused ? [paused(person, index, now)] : [])),
    ...acts.corrections.map(corrected),
    exported(new Date(now.getTime() - 9 * DAY_MS)),
  ]
  const by = { who: DEMO_ADMIN, via: 'session', address: '203.0.113.7' } as const
  return events.map((event) => ({ ...by, ...event }))
}

type Act = Omit<DemoEvent, 'who' | 'via'>

function toolChanged({ tool, at, isDraft, changes }: DemoToolChange): Act {
  const named = Object.fromEntries(
    Object.entries(changes).map(([column, change]) => [
      column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      change,
    ]),
  )
  const status: Changes = isDraft ? { _status: { from: 'published', to: 'draft' } } : {}
  const about = { subject: 'tools', subjectId: tool.id, title: tool.name }
  return { at, action: 'update', ...about, changes: { ...named, ...status } }
}

function onSubscription(person: DemoPerson, index: number, at: Date, note: string): Act {
  const subjectId = demoId('subscription', index)
  return { at, action: 'update', subject: 'subscriptions', subjectId, title: person.email, note }
}

function granted(people: DemoPerson[], { user_id, tokens, reason, expires_at, created_at }: DemoGrant): Act {
  const index = people.findIndex(({ id }) => id === user_id)
  const note = grantedNote({ tokens, reason, expiresAt: expires_at })
  return onSubscription(people[index] as DemoPerson, index, created_at, note)
}

const paused = (person: DemoPerson, index: number, now: Date): Act =>
  onSubscription(person, index, new Date(now.getTime() - PAUSED_MS), `Paused: ${PAUSED_REASON}`)

function corrected(one: DemoCorrection): Act {
  const change = one.after - one.before
  return {
    at: one.at,
    action: 'update',
    subject: 'usage-logs',
    subjectId: one.usage_id,
    title: correctionTitle({ email: one.email, toolName: one.tool_name, change }),
    note: `Corrected: ${one.reason}`,
    changes: { tokensUsed: { from: one.before, to: one.after } },
    requestId: one.request_id,
  }
}

const exported = (at: Date): Act => ({
  at,
  action: 'export',
  subject: 'usage-logs',
  subjectId: null,
  title: 'Usage log',
  note: 'CSV, filtered by {"status":{"equals":"error"}}',
})
