import type { App } from './registry'

const DESCRIPTION = `Sign up, choose a plan, and call tools whose tokens are metered against it.

Every JSON answer is an envelope: \`data\`, \`error\`, \`meta\`. On failure \`data\` is null and \`error\` has a \`code\`,
a \`message\`, and \`details\`. Fields are snake_case, ids are UUIDs, times are ISO 8601 in UTC.`

const TAGS = [
  { name: 'Auth', description: 'Registration, signing in, and passwords.' },
  { name: 'Account', description: 'The profile and its sessions.' },
  { name: 'API keys', description: 'Keys for programs. They can call tools, but cannot change the account.' },
  { name: 'Tools', description: 'The catalogue, and calling a tool.' },
  { name: 'OpenAI-compatible', description: "Models, in OpenAI's own shapes: for any client of OpenAI." },
  { name: 'MCP', description: 'Tools, for any MCP client.' },
  { name: 'Usage', description: 'Your calls and sums.' },
  { name: 'Subscriptions', description: 'Plans, and your subscription.' },
  { name: 'Admin', description: 'For admins.' },
  { name: 'Health', description: 'For load balancers.' },
]

/** The OpenAPI 3.1 document of every registered operation. `hubUrl` is where clients reach the hub. */
export function openApiDocument(app: App, hubUrl: string): object {
  app.openAPIRegistry.registerComponent('securitySchemes', 'accessToken', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The access token of `POST /auth/login`.',
  })
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: 'An API key.',
  })
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKeyAsBearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key as a bearer token.',
  })
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Joyfull UI Hub',
      version: '1.0.0',
      description: DESCRIPTION,
      license: { name: 'MIT' },
    },
    servers: [{ url: hubUrl }, { url: '/', description: 'The host that this document came from' }],
    tags: TAGS,
  })
}
