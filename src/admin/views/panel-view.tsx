import { DefaultTemplate } from '@payloadcms/next/templates'
import { Gutter, SetStepNav } from '@payloadcms/ui'
import { redirect } from 'next/navigation'
import type { AdminViewServerProps, PayloadRequest } from 'payload'
import type { ReactNode } from 'react'
import { caller, isAdminRequest } from '../../accounts/payload/access'
import '../parts/panel.css'

type Query = Record<string, string | string[] | undefined>

/**
 * A page of the hub's own in Payload's frame. Payload leaves it to such a page to ask who is there: nothing is read for
 * anybody but an admin who signed in by password.
 */
export function panelView(
  title: string,
  content: (query: Query, req: PayloadRequest) => Promise<ReactNode>,
): (props: AdminViewServerProps) => Promise<ReactNode> {
  return async ({ initPageResult, params, searchParams, payload, i18n }) => {
    const { req, permissions, visibleEntities, locale } = initPageResult
    if (!caller(req)) redirect(`/admin/login?redirect=${encodeURIComponent(req.pathname ?? '/admin')}`)
    if (!isAdminRequest(req)) redirect('/admin/unauthorized')
    return (
      <DefaultTemplate
        i18n={i18n}
        locale={locale}
        params={params}
        payload={payload}
        permissions={permissions}
        req={req}
        searchParams={searchParams}
        user={req.user ?? undefined}
        visibleEntities={visibleEntities}
      >
        <SetStepNav nav={[{ label: title }]} />
        <Gutter className="hub-view hub-user">
          <h1>{title}</h1>
          {await content(searchParams ?? {}, req)}
        </Gutter>
      </DefaultTemplate>
    )
  }
}

export const PAGE_SIZE = 50

/** The page that the address asks for; the first where it makes no sense. */
export function pageOf({ page }: Query): number {
  const asked = Number(page)
  return Number.isInteger(asked) && asked >= 1 && asked <= 100_000 ? asked : 1
}

/** From one page to the next, where there are several. `addressOf` keeps what is filtered. */
export function Pages(props: { page: number; total: number; addressOf: (page: number) => string }) {
  const { page, total, addressOf } = props
  const last = Math.max(1, Math.ceil(total / PAGE_SIZE))
  if (last === 1) return null
  return (
    <nav className="hub-choices" aria-label="Pages">
      {page > 1 && (
        <a className="hub-button" href={addressOf(page - 1)}>
          Previous
        </a>
      )}
      <span className="hub-note">
        Page {page} of {last}
      </span>
      {page < last && (
        <a className="hub-button" href={addressOf(page + 1)}>
          Next
        </a>
      )}
    </nav>
  )
}
