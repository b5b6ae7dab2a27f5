import type { Config, Payload } from 'payload'

/**
 * The host's database adapter, which calls `seen` each time before it initialises. Payload's config is sanitised then,
 * and no request was answered with it. This also happens where `onInit` does not run: with `disableOnInit`, and after a
 * reload in development.
 */
export function onAdapterInit(db: Config['db'], seen: (payload: Payload) => void): Config['db'] {
  return {
    ...db,
    init: (args) => {
      const adapter = db.init(args)
      const { init } = adapter
      adapter.init = async () => {
        seen(args.payload)
        await init?.call(adapter)
      }
      return adapter
    },
  }
}
