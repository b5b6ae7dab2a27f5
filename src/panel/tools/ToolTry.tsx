import type { UIFieldServerProps } from 'payload'
import { listPlans } from '../../domain/billing/plans'
import { runtime } from '../../platform/runtime/runtime'
import { TryIt } from './TryIt'

/** On a tool's page: Try it, with a choice of all plans. */
export async function ToolTry({ id }: UIFieldServerProps) {
  if (!id) return null
  const plans = await listPlans(runtime().pool)
  return <TryIt plans={plans.map(({ name, title }) => ({ name, title }))} />
}
