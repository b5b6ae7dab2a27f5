import type { Sql } from '../src/platform/database/sql'
import { demoGrants } from './admin-acts'
import { adminEvents } from './admin-events'
import { demoAlerts } from './alerts'
import type { DemoCall } from './demo-call'
import { toEntries } from './entries'
import type { DemoPerson } from './people'
import { peopleEvents } from './people-events'
import type { Random } from './random'
import { demoToolChanges, writeToolVersions } from './tool-versions'
import { insert } from './write'
import type { DemoSession } from './write-people'
import type { DemoCorrection } from './write-sums'

type Lived = {
  people: DemoPerson[]
  sessions: DemoSession[]
  calls: DemoCall[]
  corrections: DemoCorrection[]
  since: Date
  now: Date
}

/** Writes what followed from the usage: grants, versions of tools, alerts, and the audit log of all of it. */
export async function writeStory(sql: Sql, lived: Lived, random: Random): Promise<void> {
  const { people, sessions, calls, corrections, since, now } = lived
  const grants = demoGrants(people, calls, random)
  await insert(sql, 'token_grants', grants)
  const toolChanges = demoToolChanges(now)
  await writeToolVersions(sql, toolChanges)
  const { alerts, deliveries } = demoAlerts(people, calls, now, random)
  await insert(sql, 'alerts', alerts)
  await insert(sql, 'alert_deliveries', deliveries)
  const events = [
    ...peopleEvents(people, sessions, now),
    ...adminEvents({ people, grants, corrections, toolChanges }, since, now),
  ]
  await insert(sql, 'audit_logs', toEntries(events, now, random))
}
