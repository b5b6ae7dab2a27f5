import type { AdminViewConfig } from 'payload'

const view = (path: `/${string}`, Component: string, title: string): AdminViewConfig => ({
  path,
  exact: true,
  Component: `/src/panel/views/${Component}`,
  meta: { title },
})

/** Pages of the panel that are not lists of documents. Each checks its visitor itself, through `panelView`. */
export const panelViews = {
  'hub-active-users': view('/active-users', 'ActiveUsers#ActiveUsers', 'Active users'),
  'hub-plan-fill': view('/plan-fill', 'PlanFill#PlanFillView', 'Plan usage'),
  'hub-ledger': view('/ledger', 'LedgerChecks#LedgerChecks', 'Ledger checks'),
}
