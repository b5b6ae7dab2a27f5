import config from '@payload-config'
import { GRAPHQL_POST, REST_OPTIONS } from '@payloadcms/next/routes'
import { onlyWithoutHubServer } from '../../../../http/server/hub-server-running'

export const POST = onlyWithoutHubServer(GRAPHQL_POST(config))
export const OPTIONS = onlyWithoutHubServer(REST_OPTIONS(config))
