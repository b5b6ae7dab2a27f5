import { join } from 'node:path'
import { NoSchemaIntrospectionCustomRule } from 'graphql'
import type { CollectionConfig, Payload, Config as PayloadConfig, Plugin } from 'payload'
import type { Pool } from 'pg'
import { ApiKeys } from '../domain/accounts/api-keys.collection'
import { accessQuery, globalAccessQueries } from '../domain/accounts/payload/access-query'
import { boundPreferences } from '../domain/accounts/payload/bound-preferences'
import { HOST_PREFIX } from '../domain/accounts/payload/cookies'
import { accountMutations } from '../domain/accounts/payload/graphql'
import { guardOrigins } from '../domain/accounts/payload/guard-origins'
import { passwordNote } from '../domain/accounts/payload/hooks'
import { closeOwnCollections } from '../domain/accounts/payload/own-collections'
import { usersCollection } from '../domain/accounts/users.collection'
import { Alerts } from '../domain/alerts/alerts.collection'
import { AuditLogs } from '../domain/audit/audit-logs.collection'
import { audited, auditedGlobal, type SecretsOf } from '../domain/audit/audited'
import { Plans } from '../domain/billing/plans.collection'
import { startDefaultSubscription } from '../domain/billing/subscriptions'
import { Subscriptions } from '../domain/billing/subscriptions.collection'
import { removeLeftoverFiles } from '../domain/media/leftover-files'
import { Media } from '../domain/media/media.collection'
import { answerMissingFile } from '../domain/media/missing-file'
import { Refusals } from '../domain/refusals/refusals.collection'
import { Settings } from '../domain/settings/settings.global'
import { webhookSecretNote } from '../domain/settings/settings-hooks'
import { toolSecretsNote } from '../domain/tools/stored-tool'
import { Tools } from '../domain/tools/tools.collection'
import { trashEndpoint } from '../domain/tools/trash-endpoint'
import { boundCounts } from '../domain/usage/payload-count'
import { UsageLogs } from '../domain/usage/usage-logs.collection'
import { ALLOWED_HEADERS } from '../http/kit/cors-headers'
import { hubMutations, hubQueries } from '../http/payload/graphql'
import { withoutSuggestions } from '../http/payload/graphql/suggestions'
import { mcpEndpoints } from '../http/payload/mcp-endpoints'
import { apiEndpoints } from '../http/payload/payload-endpoints'
import { tryEndpoint } from '../http/payload/try-endpoint'
import { dashboardLayout, dashboardWidgets } from '../panel/dashboard/widgets'
import { timesInUtc } from '../panel/fields/utc-times'
import { inHubList } from '../panel/list/list-view'
import { panelEndpoints } from '../panel/shell/endpoints'
import { panelViews } from '../panel/views/views'
import type { Config } from '../platform/config/environment'
import { trustedOrigins } from '../platform/config/trusted-origins'
import { outliveConnections } from '../platform/database/pool'
import { payloadLog } from '../platform/log/payload-log'
import { printWithoutValues } from '../platform/log/printed-errors'
import { outboxEmail } from '../platform/mail/payload-adapter'
import { onAdapterInit } from '../platform/payload/adapter-init'
import { bulkDelete } from '../platform/payload/bulk-delete'
import { answerDayFilters } from '../platform/payload/day-filters'
import { boundFilters } from '../platform/payload/filter-bounds'
import { answerIdFilters } from '../platform/payload/id-filters'
import { boundLists } from '../platform/payload/lists/bound-lists'
import { limitJoins } from '../platform/payload/lists/graphql-joins'
import { boundRate } from '../platform/payload/lists/graphql-rate'
import { boundRows } from '../platform/payload/lists/graphql-rows'
import { listsInTurn } from '../platform/payload/lists/graphql-turns'
import { boundValues } from '../platform/payload/lists/graphql-values'
import { boundVariables } from '../platform/payload/lists/graphql-variables'
import { guardEndpoints } from '../platform/payload/lists/guard-endpoints'
import { ownOperation } from '../platform/payload/operation'
import { ownRootFields } from '../platform/payload/own-root-fields'
import { answerProblem, LOGGED_HERE } from '../platform/payload/payload-errors'
import { readArguments } from '../platform/payload/payload-sql'
import { hubLog } from '../platform/runtime/runtime'
import { closeHost } from './close-host'
import { endpointsWithTimers, fieldsWithTimers } from './plain-next'

export type HubOptions = {
  /** Operations that the hub leaves to its customers although they have Payload's default access: `posts.read`. */
  open?: readonly string[]
}

/**
 * The hub as a Payload plugin: its collections, access rules, sign-in, the versioned API and the dashboard.
 * The host's config keeps its own settings. It also needs the hub's own tables (`hubSchemaUp`) in a migration.
 */
export function hub(config: Config, { open = [] }: HubOptions = {}): Plugin {
  printWithoutValues()
  const ours: string[] = [...hubCollections(config), Settings].map(({ slug }) => slug)
  const close = (payload: Payload) => closeHost(payload, open, ours)
  return (incoming: PayloadConfig): PayloadConfig => ({
    ...incoming,
    admin: {
      ...incoming.admin,
      user: 'users',
      avatar: 'default',
      components: {
        ...incoming.admin?.components,
        graphics: {
          Logo: '/src/panel/shell/HubLogo#HubLogo',
          Icon: '/src/panel/shell/HubLogo#HubIcon',
          ...incoming.admin?.components?.graphics,
        },
        views: { ...panelViews, ...incoming.admin?.components?.views },
      },
      dashboard: {
        ...incoming.admin?.dashboard,
        widgets: [...(incoming.admin?.dashboard?.widgets ?? []), ...dashboardWidgets],
        defaultLayout: incoming.admin?.dashboard?.defaultLayout ?? dashboardLayout,
      },
    },
    collections: [...(incoming.collections ?? []), ...hubCollections(config)],
    globals: [...(incoming.globals ?? []), auditedGlobal(Settings, { secrets: secretsOfSettings })],
    cors: { origins: trustedOrigins(config), headers: ALLOWED_HEADERS },
    csrf: [...new Set([...(incoming.csrf ?? []), ...trustedOrigins(config)])],
    db: onAdapterInit(incoming.db, close),
    custom: { ...incoming.custom, [HOST_PREFIX]: incoming.cookiePrefix !== undefined },
    email: incoming.email ?? outboxEmail(config),
    endpoints: [...(incoming.endpoints ?? []), ...panelEndpoints, ...endpointsWithTimers(apiEndpoints)],
    graphQL: {
      ...incoming.graphQL,
      maxComplexity: 1_000,
      // The build always runs with NODE_ENV=production, so APP_ENV closes introspection. The playground loads
      // its scripts from other hosts; the hub's server does not serve it at all.
      disablePlaygroundInProduction: true,
      disableIntrospectionInProduction: false,
      validationRules: (args) => [
        ...(incoming.graphQL?.validationRules?.(args) ?? []),
        boundRate(args),
        boundVariables(args),
        boundRows(args),
        boundValues(args),
        ...(config.production ? [NoSchemaIntrospectionCustomRule, withoutSuggestions] : []),
      ],
      queries: (graphQL, schema) => {
        limitJoins(schema)
        listsInTurn(schema)
        return ownRootFields(schema, 'query', {
          ...incoming.graphQL?.queries?.(graphQL, schema),
          ...accessQuery(schema),
          ...globalAccessQueries(schema, ['docAccessSetting']),
          ...hubQueries(graphQL, schema),
        })
      },
      mutations: (graphQL, schema) =>
        ownRootFields(schema, 'mutation', {
          ...incoming.graphQL?.mutations?.(graphQL, schema),
          ...accountMutations(graphQL, schema),
          ...fieldsWithTimers(hubMutations(graphQL, schema)),
        }),
    },
    hooks: { ...incoming.hooks, afterError: [...(incoming.hooks?.afterError ?? []), answerProblem] },
    logger: incoming.logger ?? payloadLog(hubLog()),
    loggingLevels: { ...incoming.loggingLevels, ...EXPECTED },
    onInit: async (payload) => {
      // Again, because a later plugin may have replaced the adapter.
      close(payload)
      outliveConnections((payload.db as unknown as { pool: Pool }).pool)
      closeOwnCollections(payload)
      answerIdFilters(payload)
      answerDayFilters(payload)
      boundFilters(payload)
      boundLists(payload)
      boundPreferences(payload)
      boundCounts(payload, ['audit_logs', 'refusals', 'alerts'])
      guardOrigins(payload)
      removeLeftoverFiles(payload)
      guardEndpoints(payload)
      await incoming.onInit?.(payload)
    },
  })
}

/** Callers' errors are sent, not logged. `answerProblem` logs those with these names that are the hub's. */
const EXPECTED = Object.fromEntries(
  ['Problem', 'Forbidden', 'NotFound', 'ValidationError', 'QueryError', ...LOGGED_HERE].map((name) => [
    name,
    false,
  ]),
) as PayloadConfig['loggingLevels']

/** Secrets that an operation sets and no document shows. The audit log records only that they were set. */
const secretsOfUser: SecretsOf = (context, id) => (passwordNote.read(context, id) ? ['password'] : [])
const secretsOfSettings: SecretsOf = (context) =>
  webhookSecretNote.read(context, null) ? ['webhookSecret'] : []
const secretsOfTool: SecretsOf = (context, id) =>
  Object.keys(toolSecretsNote.read(context, id) ?? {}).map((name) => `secretHeaders.${name}`)

/** The collections of the hub, each with the same hook that reads arguments. */
function hubCollections(config: Config): CollectionConfig[] {
  return baseCollections(config).map((collection) => ({
    ...inHubList(timesInUtc(collection)),
    endpoints: [...(collection.endpoints || []), ...bulkDelete(collection)],
    hooks: {
      ...collection.hooks,
      beforeOperation: [ownOperation, readArguments, ...(collection.hooks?.beforeOperation ?? [])],
    },
  }))
}

function baseCollections(config: Config): CollectionConfig[] {
  const upload = typeof Media.upload === 'object' ? Media.upload : {}
  const mediaDir = join(config.dataDir, 'media')
  return [
    audited(usersCollection(config, startDefaultSubscription), {
      title: ({ email }) => email,
      secrets: secretsOfUser,
    }),
    audited(ApiKeys),
    audited(
      { ...Tools, endpoints: [tryEndpoint, ...mcpEndpoints, trashEndpoint] },
      { secrets: secretsOfTool },
    ),
    {
      ...Media,
      upload: { ...upload, staticDir: mediaDir, handlers: config.s3 ? [] : [answerMissingFile(mediaDir)] },
    },
    audited(Plans),
    audited(Subscriptions),
    UsageLogs,
    Refusals,
    Alerts,
    AuditLogs,
  ]
}
