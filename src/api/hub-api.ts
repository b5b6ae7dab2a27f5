import type { Payload } from 'payload'
import { createLog } from '../log'
import { perProcess } from '../process'
import { runtime } from '../runtime'
import { createApi } from './index'

/** The versioned API of this process, made at first use. */
export function hubApi(payload: Payload): ReturnType<typeof createApi> {
  return perProcess('api', () => {
    const { config, pool, secret } = runtime()
    return createApi({
      config: { ...config, secret },
      pool,
      payload,
      log: perProcess('log', () => createLog(config.logLevel)),
    })
  })
}
