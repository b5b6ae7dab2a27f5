import config from '@payload-config'
import { REST_DELETE, REST_GET, REST_OPTIONS, REST_PATCH, REST_POST, REST_PUT } from '@payloadcms/next/routes'
import { onlyWithoutHubServer } from '../../../../http/server/hub-server-running'

// For a plain Next host; the hub's own server answers these paths before Next sees them.
export const GET = onlyWithoutHubServer(REST_GET(config))
export const POST = onlyWithoutHubServer(REST_POST(config))
export const DELETE = onlyWithoutHubServer(REST_DELETE(config))
export const PATCH = onlyWithoutHubServer(REST_PATCH(config))
export const PUT = onlyWithoutHubServer(REST_PUT(config))
export const OPTIONS = onlyWithoutHubServer(REST_OPTIONS(config))
