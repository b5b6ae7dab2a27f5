import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Problem } from '../../platform/kernel/problem'
import { type ApiContext, respond } from '../kit/envelope'
import { BASE, type Registry } from '../kit/registry'

/** The only files of the package that are served, and what they are. */
const ASSETS: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
}

/** Nothing but this host: the page of the document must not tell anyone else that it was read. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Joyfull UI Hub: API</title>
<link rel="icon" href="${BASE}/docs/favicon-32x32.png">
<link rel="stylesheet" href="${BASE}/docs/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="${BASE}/docs/swagger-ui-bundle.js"></script>
<script src="${BASE}/docs/start.js"></script>
</body>
</html>
`

const START = `SwaggerUIBundle({ url: '${BASE}/openapi.json', dom_id: '#page', deepLinking: true, validatorUrl: null })
`

/** Adds the browsable page of the document and the files that it is made of. */
export function addDocsPage(registry: Registry): void {
  registry.route('get', `${BASE}/docs`, async (c) => sendFile(c, PAGE, 'text/html; charset=utf-8'))
  registry.route('get', `${BASE}/docs/start.js`, async (c) =>
    sendFile(c, START, 'text/javascript; charset=utf-8'),
  )
  registry.route('get', `${BASE}/docs/{file}`, sendAsset)
}

async function sendAsset(c: ApiContext): Promise<Response> {
  const file = c.req.param('file') ?? ''
  const type = Object.hasOwn(ASSETS, file) ? ASSETS[file] : undefined
  if (type === undefined) throw new Problem('NOT_FOUND', 'There is no such file.')
  const root = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  return sendFile(c, new Uint8Array(await readFile(join(root, file))), type, 'public, max-age=3600')
}

function sendFile(c: ApiContext, body: string | Uint8Array<ArrayBuffer>, type: string, cache = 'no-cache') {
  return respond(c, 200, body, {
    'content-type': type,
    'cache-control': cache,
    'content-security-policy': POLICY,
  })
}
