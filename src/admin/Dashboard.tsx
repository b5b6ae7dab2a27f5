import type { ServerProps } from 'payload'
import { dashboardFigures } from '../metering/statistics'
import { runtime } from '../runtime'

const number = new Intl.NumberFormat('en')

/** The first look of an admin: people, subscriptions, and what was used in the last 30 days. */
export async function Dashboard(_props: ServerProps) {
  const figures = await dashboardFigures(runtime().pool, null)
  return (
    <section aria-label="The hub at a glance" style={{ marginBottom: 'calc(var(--base) * 2)' }}>
      <h2 style={{ marginBottom: 'var(--base)' }}>The hub at a glance</h2>
      <div
        style={{
          display: 'grid',
          gap: 'var(--base)',
          gridTemplateColumns: 'repeat(auto-fit, minmax(180px, 1fr))',
        }}
      >
        <Figure label="Users" value={figures.users} href="/admin/collections/users" />
        <Figure
          label="Invocations, 30 days"
          value={figures.invocations}
          href="/admin/collections/usage-logs"
        />
        <Figure label="Tokens, 30 days" value={figures.tokens} href="/admin/collections/usage-logs" />
        {figures.subscriptionsByPlan.map((plan) => (
          <Figure
            key={plan.plan}
            label={`Active on ${plan.title}`}
            value={plan.count}
            href="/admin/collections/subscriptions"
          />
        ))}
      </div>
    </section>
  )
}

function Figure({ label, value, href }: { label: string; value: number; href: string }) {
  return (
    <a
      href={href}
      style={{
        border: '1px solid var(--theme-elevation-150)',
        borderRadius: 'var(--style-radius-m)',
        color: 'inherit',
        display: 'block',
        padding: 'var(--base)',
        textDecoration: 'none',
      }}
    >
      <div style={{ color: 'var(--theme-elevation-800)' }}>{label}</div>
      <div style={{ fontSize: '1.8rem', fontVariantNumeric: 'tabular-nums', fontWeight: 600 }}>
        {number.format(value)}
      </div>
    </a>
  )
}
