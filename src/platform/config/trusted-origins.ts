import type { Config } from './environment'

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']

/**
 * The origins whose pages may use the panel's cookie: the hub's own, those that the admin named, and in
 * development every name of this machine, as a browser may open the panel by any of them.
 */
export function trustedOrigins(config: Pick<Config, 'hubUrl' | 'corsOrigins' | 'production'>): string[] {
  const own = new URL(config.hubUrl)
  const names = !config.production && LOOPBACK.includes(own.hostname) ? LOOPBACK : [own.hostname]
  const port = own.port ? `:${own.port}` : ''
  const origins = names.map((name) => `${own.protocol}//${name}${port}`)
  return [...new Set([...origins, ...config.corsOrigins])]
}
