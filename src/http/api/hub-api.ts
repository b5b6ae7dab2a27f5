import type { Payload } from 'payload'
import { perProcess } from '../../platform/kernel/process'
import { hubLog, runtime } from '../../platform/runtime/runtime'
import { createApi } from './index'

/** The versioned API of this process, made at first use. */
export function hubApi(payload: Payload): ReturnType<typeof createApi> {
  return perProcess('api', () => {
    const { config, pool, secret } = runtime()
    return createApi({
      config: { ...config, secret },
      pool,
      payload,
      log: hubLog(),
    })
  })
}
