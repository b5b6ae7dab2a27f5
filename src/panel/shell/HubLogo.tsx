import { brandOf } from '../../domain/settings/read-settings'
import { settingsOfPage } from './hub-name'

/** The hub's logo and name from the settings, above the sign-in form. */
export async function HubLogo() {
  const { name, logoUrl } = await brand()
  return (
    <div
      style={{ alignItems: 'center', display: 'flex', flexDirection: 'column', gap: 'calc(var(--base) / 2)' }}
    >
      {logoUrl && <Logo alt="" height={64} url={logoUrl} />}
      <span style={{ fontSize: '1.6rem', fontWeight: 600, overflowWrap: 'anywhere' }}>{name}</span>
    </div>
  )
}

/** The small logo in the panel's header; without an image, the first letter of the name. */
export async function HubIcon() {
  const { name, logoUrl } = await brand()
  if (logoUrl) return <Logo alt={name} height={24} url={logoUrl} />
  return (
    <span style={{ fontWeight: 600 }} title={name}>
      {[...name][0]?.toUpperCase()}
    </span>
  )
}

/** The logo is loaded from the panel's own address, whatever HUB_URL is, so that the browser contacts no other host. */
async function brand() {
  return brandOf(await settingsOfPage(), '')
}

function Logo({ alt, height, url }: { alt: string; height: number; url: string }) {
  // biome-ignore lint/performance/noImgElement: the hub has made the image small already, and asks no service to
  return <img alt={alt} src={url} style={{ maxHeight: height, maxWidth: height * 3 }} />
}
