import { perProcess, setPerProcess } from '../../platform/kernel/process'
import { withNotedStatus } from '../../platform/payload/lists/refused-status'
import { withoutStoring } from '../payload/no-store'

/** Notes that the hub's own server stands before Next in this process. */
export function markHubServerRunning(): void {
  setPerProcess('stands-before-next', true)
}

type Handler = (request: Request, context: never) => Promise<Response>

/**
 * Next's own way into the API, for a plain Next host. Where the hub's server stands before Next, every request
 * for the API has been answered there, with its guards and limits: one that gets here went round them.
 */
export function onlyWithoutHubServer<H extends Handler>(handler: H): H {
  return (async (request: Request, context: never) => {
    if (perProcess('stands-before-next', () => false)) return new Response(null, { status: 404 })
    return withoutStoring(request, withNotedStatus(request, await handler(request, context)))
  }) as H
}
