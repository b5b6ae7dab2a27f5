export const DAY_MS = 86_400_000
/** How far back the demo's usage goes. */
export const DEMO_DAYS = 90
