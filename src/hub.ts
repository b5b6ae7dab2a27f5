import { join } from 'node:path'
import { NoSchemaIntrospectionCustomRule } from 'graphql'
import type { CollectionConfig, Config as PayloadConfig, Plugin } from 'payload'
import type { Pool } from 'pg'
import { ApiKeys } from './accounts/api-keys.collection'
import { adminsOnly } from './accounts/payload/access'
import { accessQuery, globalAccessQueries } from './accounts/payload/access-query'
import { boundPreferences } from './accounts/payload/bound-preferences'
import { HOST_PREFIX } from './accounts/payload/cookies'
import { accountMutations } from './accounts/payload/graphql'
import { guardOrigins } from './accounts/payload/guard-origins'
import { passwordNote } from './accounts/payload/hooks'
import { closeOwnCollections } from './accounts/payload/own-collections'
import { usersCollection } from './accounts/users.collection'
import { dashboardLayout, dashboardWidgets } from './admin/dashboard/widgets'
import { panelEndpoints } from './admin/endpoints'
import { inHubList } from './admin/list/list-view'
import { timesInUtc } from './admin/utc-times'
import { panelViews } from './admin/views/views'
import { Alerts } from './alerts/alerts.collection'
import { ALLOWED_HEADERS } from './api/cors-headers'
import { hubMutations, hubQueries } from './api/graphql'
import { withoutSuggestions } from './api/graphql/suggestions'
import { mcpEndpoints } from './api/mcp-endpoints'
import { apiEndpoints } from './api/payload-endpoints'
import { tryEndpoint } from './api/try-endpoint'
import { AuditLogs } from './audit/audit-logs.collection'
import { audited, auditedGlobal, type SecretsOf } from './audit/audited'
import { Plans } from './billing/plans.collection'
import { startDefaultSubscription } from './billing/subscriptions'
import { Subscriptions } from './billing/subscriptions.collection'
import type { Config } from './config/environment'
import { bulkDelete } from './database/bulk-delete'
import { answerDayFilters } from './database/day-filters'
import { boundFilters } from './database/filter-bounds'
import { answerIdFilters } from './database/id-filters'
import { ownOperation } from './database/operation'
import { ownRootFields } from './database/own-root-fields'
import { answerProblem, LOGGED_HERE } from './database/payload-errors'
import { readArguments } from './database/payload-sql'
import { outliveConnections } from './database/pool'
import { printWithoutValues } from './database/printed-errors'
import { boundLists } from './lists/bound-lists'
import { limitJoins } from './lists/graphql-joins'
import { boundRate } from './lists/graphql-rate'
import { boundRows } from './lists/graphql-rows'
import { listsInTurn } from './lists/graphql-turns'
import { boundValues } from './lists/graphql-values'
import { boundVariables } from './lists/graphql-variables'
import { guardEndpoints } from './lists/guard-endpoints'
import { outboxEmail } from './mail/payload-adapter'
import { removeLeftoverFiles } from './media/leftover-files'
import { Media } from './media/media.collection'
import { answerMissingFile } from './media/missing-file'
import { boundCounts } from './metering/payload-count'
import { UsageLogs } from './metering/usage-logs.collection'
import { payloadLog } from './payload-log'
import { Refusals } from './refusals/refusals.collection'
import { hubLog } from './runtime'
import { endpointsWithTimers, fieldsWithTimers } from './server/plain-next'
import { Settings } from './settings/settings.global'
import { webhookSecretNote } from './settings/settings-hooks'
import { toolSecretsNote } from './tools/stored-tool'
import { Tools } from './tools/tools.collection'
import { trashEndpoint } from './tools/trash-endpoint'
import { trustedOrigins } from './trusted-origins'

/**
 * The hub as a Payload plugin: its collections, who may do what, sign-in, the versioned API and the dashboard.
 * The host's config keeps what it has. It also needs the hub's own tables (`hubSchemaUp`) in a migration.
 */
export function hub(config: Config): Plugin {
  printWithoutValues()
  return (incoming: PayloadConfig): PayloadConfig => ({
    ...incoming,
    admin: {
      ...incoming.admin,
      user: 'users',
      avatar: 'default',
      components: {
        ...incoming.admin?.components,
        graphics: {
          Logo: '/src/admin/HubLogo#HubLogo',
          Icon: '/src/admin/HubLogo#HubIcon',
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
    custom: { ...incoming.custom, [HOST_PREFIX]: incoming.cookiePrefix !== undefined },
    email: incoming.email ?? outboxEmail(config),
    endpoints: [...(incoming.endpoints ?? []), ...panelEndpoints, ...endpointsWithTimers(apiEndpoints)],
    graphQL: {
      ...incoming.graphQL,
      maxComplexity: 1_000,
      // The build always runs with NODE_ENV=production: what closes introspection is APP_ENV. The playground loads
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
    jobs: {
      ...incoming.jobs,
      access: {
        run: ({ req }) => adminsOnly({ req }) === true,
        queue: ({ req }) => adminsOnly({ req }) === true,
        cancel: ({ req }) => adminsOnly({ req }) === true,
      },
    },
  })
}

/** What callers get wrong is answered, not logged; failures among these names are logged by `answerProblem`. */
const EXPECTED = Object.fromEntries(
  ['Problem', 'Forbidden', 'NotFound', 'ValidationError', 'QueryError', ...LOGGED_HERE].map((name) => [
    name,
    false,
  ]),
) as PayloadConfig['loggingLevels']

/** What an operation sets and no document shows; the audit log says that it was set. */
const secretsOfUser: SecretsOf = (context, id) => (passwordNote.read(context, id) ? ['password'] : [])
const secretsOfSettings: SecretsOf = (context) =>
  webhookSecretNote.read(context, null) ? ['webhookSecret'] : []
const secretsOfTool: SecretsOf = (context, id) =>
  Object.keys(toolSecretsNote.read(context, id) ?? {}).map((name) => `secretHeaders.${name}`)

/** The collections of the hub, each with its calls read the same way. */
function hubCollections(config: Config): CollectionConfig[] {
  return roomCollections(config).map((collection) => ({
    ...inHubList(timesInUtc(collection)),
    endpoints: [...(collection.endpoints || []), ...bulkDelete(collection)],
    hooks: {
      ...collection.hooks,
      beforeOperation: [ownOperation, readArguments, ...(collection.hooks?.beforeOperation ?? [])],
    },
  }))
}

function roomCollections(config: Config): CollectionConfig[] {
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
