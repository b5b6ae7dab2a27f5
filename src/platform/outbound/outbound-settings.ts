import { perProcess } from '../kernel/process'
import { runtime } from '../runtime/runtime'
import { type AddressPolicy, addressPolicy } from './address-guard'

/** What calling a tool needs of the configuration. */
export type ToolSettings = { policy: AddressPolicy; secret: string }

/** The process's settings, from its configuration at first use. */
export function toolSettings(): ToolSettings {
  return perProcess('tools.settings', () => {
    const { config, secret } = runtime()
    return { policy: addressPolicy(config), secret }
  })
}
