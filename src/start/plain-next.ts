import type { Endpoint } from 'payload'
import { timersRun } from './timers'

type Resolve = (...given: never[]) => unknown

/** Endpoints whose first call starts the timers; where the hub's server runs they have long been started. */
export function endpointsWithTimers(endpoints: Endpoint[]): Endpoint[] {
  return endpoints.map((endpoint) => ({
    ...endpoint,
    handler: async (req) => {
      await timersRun()
      return endpoint.handler(req)
    },
  }))
}

/** The same for the fields of GraphQL. */
export function fieldsWithTimers<Fields extends Record<string, { resolve: Resolve }>>(
  fields: Fields,
): Fields {
  const wrapped = Object.entries(fields).map(([name, field]) => {
    const resolve = async (...given: never[]) => {
      await timersRun()
      return field.resolve(...given)
    }
    return [name, { ...field, resolve }]
  })
  return Object.fromEntries(wrapped) as Fields
}
