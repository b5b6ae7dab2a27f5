import type { Widget, WidgetInstance } from 'payload'

const widget = (
  slug: string,
  label: string,
  Component: string,
  minWidth: Widget['minWidth'] = 'small',
): Widget => ({
  slug: `hub-${slug}`,
  label,
  Component: `/src/panel/dashboard/${Component}`,
  minWidth,
  maxWidth: 'full',
})

/** The widgets that an admin can put on the dashboard. All follow the range in the page's address. */
export const dashboardWidgets: Widget[] = [
  widget('range', 'Range', 'RangePicker#RangePicker', 'full'),
  widget('figures', 'Figures', 'Figures#Figures', 'full'),
  widget('tokens', 'Tokens over time', 'UsageCharts#TokensChart'),
  widget('calls', 'Invocations over time', 'UsageCharts#CallsChart'),
  widget('plans', 'Plan usage', 'Plans#Plans'),
  widget('failing', 'Failing tools', 'FailingTools#FailingTools'),
  widget('top-tools', 'Top tools', 'TopTools#TopTools'),
  widget('top-users', 'Top users', 'TopUsers#TopUsers'),
  widget('ledger', 'Ledger', 'Ledger#Ledger'),
]

/** The default layout of the dashboard, until an admin arranges it. */
export const dashboardLayout = [
  { widgetSlug: 'hub-range', width: 'full' },
  { widgetSlug: 'hub-figures', width: 'full' },
  { widgetSlug: 'hub-tokens', width: 'medium' },
  { widgetSlug: 'hub-calls', width: 'medium' },
  { widgetSlug: 'hub-plans', width: 'medium' },
  { widgetSlug: 'hub-failing', width: 'medium' },
  { widgetSlug: 'hub-top-tools', width: 'medium' },
  { widgetSlug: 'hub-top-users', width: 'medium' },
  { widgetSlug: 'hub-ledger', width: 'full' },
] as WidgetInstance[]
