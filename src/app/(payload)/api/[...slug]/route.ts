import config from '@payload-config'
import { REST_DELETE, REST_GET, REST_OPTIONS, REST_PATCH, REST_POST, REST_PUT } from '@payloadcms/next/routes'
import { onPlainNext } from '../../../../http/server/next-door'

// For a plain Next host; the hub's own server answers these paths before Next sees them.
export const GET = onPlainNext(REST_GET(config))
export const POST = onPlainNext(REST_POST(config))
export const DELETE = onPlainNext(REST_DELETE(config))
export const PATCH = onPlainNext(REST_PATCH(config))
export const PUT = onPlainNext(REST_PUT(config))
export const OPTIONS = onPlainNext(REST_OPTIONS(config))
