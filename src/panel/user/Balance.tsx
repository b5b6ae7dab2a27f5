import type { Grant } from '../../domain/billing/grants'
import { limitOf, type SubscriptionRow } from '../../domain/billing/subscription-row'
import { inFull, inPercent, inUtc, utcDay } from '../../platform/kernel/in-words'
import { Card, Nothing } from '../parts/Card'
import { listLink } from '../parts/links'
import { ChangePlan, GrantTokens, ReasonedAction, UserAction } from './actions'
import type { UserData } from './load'

/** The user's limit and usage in this period, and the actions with which an admin can change them. */
export function Balance({ data }: { data: UserData }) {
  const { profile, subscription, plans } = data
  const now = new Date().toISOString()
  if (!subscription)
    return (
      <Card title="Subscription">
        <Nothing>They have no subscription: every call is refused.</Nothing>
        <div className="hub-choices">
          <ChangePlan userId={profile.id} plans={plans} current={null} />
        </div>
      </Card>
    )
  const { plan, pendingPlan, status, pausedAt } = subscription
  const title = plans.find(({ name }) => name === plan.name)?.title ?? plan.name
  return (
    <Card
      title={`Subscription: ${title}`}
      note={pausedAt ? 'paused' : status}
      link={`/admin/collections/subscriptions/${subscription.id}`}
    >
      {pausedAt && (
        <p className="hub-warn" style={{ margin: 0 }}>
          Paused since {inUtc(pausedAt)}: {profile.pausedReason}
        </p>
      )}
      <Bar row={subscription} />
      <p className="hub-note">
        Period {inUtc(subscription.periodStart)} to {inUtc(subscription.periodEnd)}
        {pendingPlan && <>, then {pendingPlan.name}</>}
        {status === 'cancelled' && <>, then it ends</>}.
      </p>
      <Grants data={data} />
      <Periods data={data} />
      <div className="hub-choices">
        <ChangePlan userId={profile.id} plans={plans} current={plan.name} />
        <GrantTokens userId={profile.id} periodEnd={subscription.periodEnd.toISOString()} now={now} />
        {pausedAt ? (
          <UserAction userId={profile.id} label="Resume" action={{ action: 'resume' }} />
        ) : (
          <ReasonedAction userId={profile.id} label="Pause" action={{ action: 'pause' }} />
        )}
      </div>
    </Card>
  )
}

function Bar({ row }: { row: SubscriptionRow }) {
  const limit = limitOf(row)
  const left = Math.max(0, limit - row.tokensUsed - row.tokensHeld)
  const width = (tokens: number) => ({ width: `${Math.min(100, (100 * tokens) / Math.max(1, limit))}%` })
  const used = row.tokensUsed / Math.max(1, limit)
  const callsOf = (conditions: Parameters<typeof listLink>[1]) =>
    listLink('usage-logs', { user: { equals: row.userId }, ...conditions })
  const colour = used >= 1 ? 'var(--hub-bad)' : used >= 0.8 ? 'var(--hub-3)' : 'var(--hub-1)'
  return (
    <>
      <p style={{ margin: 0 }}>
        <a
          href={callsOf({
            tokensUsed: { greater_than: 0 },
            periodStart: { equals: row.periodStart.toISOString() },
          })}
        >
          <strong>{inFull(row.tokensUsed)}</strong>
        </a>{' '}
        of {inFull(limit)} tokens used ({inPercent(used)}),{' '}
        <a href={callsOf({ status: { equals: 'pending' } })}>{inFull(row.tokensHeld)}</a> held, {inFull(left)}{' '}
        left
      </p>
      <div className="hub-meter" aria-hidden="true">
        <span style={{ ...width(row.tokensUsed), background: colour }} />
        <span style={{ ...width(row.tokensHeld), background: 'var(--hub-4)' }} />
      </div>
    </>
  )
}

/** Ended periods; each links to its calls. */
function Periods({ data: { profile, periods } }: { data: UserData }) {
  if (periods.length === 0) return null
  const calls = (start: Date) =>
    listLink('usage-logs', { user: { equals: profile.id }, periodStart: { equals: start.toISOString() } })
  return (
    <details>
      <summary className="hub-note">Earlier periods (UTC)</summary>
      <ul className="hub-legend" style={{ flexDirection: 'column' }}>
        {periods.map(({ start, end, plan, used, limit }) => (
          <li key={start.getTime()}>
            <a href={calls(start)}>
              {utcDay(start)} to {utcDay(end)}
            </a>
            : {inFull(used)} of {inFull(limit)} tokens, {plan ?? 'a deleted plan'}
          </li>
        ))}
      </ul>
    </details>
  )
}

/** Extra tokens; those that still count come first. */
function Grants({ data: { grants, subscription } }: { data: UserData }) {
  if (grants.length === 0 || !subscription) return null
  return (
    <ul className="hub-legend" style={{ flexDirection: 'column' }}>
      {grants.slice(0, 5).map((grant) => (
        <GrantLine key={grant.id} userId={subscription.userId} grant={grant} now={subscription.at} />
      ))}
    </ul>
  )
}

/** How many tokens were given, by whom and why, and how many were taken back. */
function GrantLine({ userId, grant, now }: { userId: string; grant: Grant; now: Date }) {
  const counts = grant.expiresAt > now && grant.takenBack < grant.tokens
  return (
    <li className={counts ? undefined : 'hub-note'}>
      <span>
        +{inFull(grant.tokens)} tokens {grant.expiresAt > now ? 'until' : 'ended'} {inUtc(grant.expiresAt)}:{' '}
        {grant.reason} ({grant.admin ?? 'a former admin'})
        {grant.takenAt && (
          <span className="hub-note">
            {' '}
            {grant.takenBack === grant.tokens ? 'Taken back' : `${inFull(grant.takenBack)} taken back`}{' '}
            {inUtc(grant.takenAt)}: {grant.takenReason} ({grant.takenBy ?? 'a former admin'})
          </span>
        )}
      </span>
      {counts && !grant.takenAt && (
        <ReasonedAction
          userId={userId}
          label="Take back"
          describedAs={`Take back the grant of ${inFull(grant.tokens)} tokens`}
          action={{ action: 'take-back-grant', grantId: grant.id }}
        />
      )}
    </li>
  )
}
