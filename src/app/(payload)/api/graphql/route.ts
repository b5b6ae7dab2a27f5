import config from '@payload-config'
import { GRAPHQL_POST, REST_OPTIONS } from '@payloadcms/next/routes'
import { onPlainNext } from '../../../../http/server/next-door'

export const POST = onPlainNext(GRAPHQL_POST(config))
export const OPTIONS = onPlainNext(REST_OPTIONS(config))
