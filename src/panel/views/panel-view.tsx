import { DefaultTemplate } from '@payloadcms/next/templates'
import { Gutter, SetStepNav } from '@payloadcms/ui'
import { redirect } from 'next/navigation'
import type { AdminViewServerProps, PayloadRequest } from 'payload'
import type { ReactNode } from 'react'
import { isAdminRequest } from '../../platform/payload/access'
import '../parts/panel.css'
import { caller } from '../../platform/payload/caller'

type Query = Record<string, string | string[] | undefined>

/**
 * A page of the hub's own in Payload's frame. Payload does not check who opens such a page, so this does: nothing is
 * read except for an admin who signed in by password.
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
