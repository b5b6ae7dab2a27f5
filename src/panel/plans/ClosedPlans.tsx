import { CLOSED_PLANS_ADVICE, closedPlans } from '../../domain/billing/offer'
import { runtime } from '../../platform/runtime/runtime'
import '../parts/panel.css'

/** Names the plans that users cannot choose because they have a price and nobody can pay; empty if there are none. */
export async function ClosedPlans() {
  const titles = await closedPlans(runtime().pool)
  if (titles.length === 0) return null
  return (
    <p className="hub-bad" role="status">
      Users cannot choose {titles.join(' and ')}: a price closes a plan while no payments are set up.{' '}
      {CLOSED_PLANS_ADVICE}.
    </p>
  )
}
