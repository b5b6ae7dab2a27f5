import type { Field } from 'payload'
import { adminsOnlyField, isAdminRequest, nobodyField } from '../../platform/payload/access'
import { readingSql } from '../../platform/payload/payload-sql'
import { readTogether } from '../../platform/payload/read-together'
import { runtime } from '../../platform/runtime/runtime'
import { TIERS } from '../billing/plans'
import { checkInputSchema } from './input-schema'
import { modelFields } from './model-fields'
import { unreadableSecrets } from './seal-again'
import { isModelAdapter } from './tool'
import { whole } from './whole-number'

const forEndpoints = { condition: (data: Record<string, unknown>) => data.adapter !== 'builtin' }
const forHttp = { condition: (data: Record<string, unknown>) => data.adapter === 'http' }
const asText = { components: { Field: '/src/panel/fields/JsonField#JsonField' } }
const adminSees = { read: adminsOnlyField }
const SECRET_NAMES = `
  select tool_id as id, array_agg(name order by name) as names from tool_secrets where tool_id = any ($1) group by tool_id`

/** Said while it is typed, and at the field: an error of the document as a whole is far from it. */
function checkInputSchemaField(value: unknown): true | string {
  const faults = value === null || value === undefined ? [] : checkInputSchema(value)
  return faults.length === 0 || faults.join('; ')
}

const part = (name: string, component: string, admin: object = {}): Field => ({
  name,
  type: 'ui',
  admin: {
    ...admin,
    disableListColumn: true,
    components: { Field: `/src/panel/tools/${component}#${component}` },
  },
})

/** What a saved tool's page shows beside its form. */
export const pageParts: Field[] = [
  part('tryIt', 'ToolTry'),
  part('waysToCall', 'ToolWays'),
  part('health', 'ToolHealth', { position: 'sidebar' }),
]

/** What people see of a tool. */
export const aboutFields: Field[] = [
  {
    type: 'row',
    fields: [
      { name: 'name', type: 'text', required: true, unique: true, index: true, maxLength: 100 },
      {
        name: 'slug',
        type: 'text',
        required: true,
        unique: true,
        index: true,
        maxLength: 100,
        admin: { description: 'Names the tool in addresses. Made from the name when left empty.' },
      },
    ],
  },
  {
    name: 'description',
    type: 'textarea',
    required: true,
    maxLength: 5_000,
    admin: { description: 'Markdown' },
  },
  {
    type: 'row',
    fields: [
      { name: 'category', type: 'text', index: true, maxLength: 60 },
      { name: 'icon', type: 'upload', relationTo: 'media' },
    ],
  },
  {
    type: 'row',
    fields: [
      { name: 'isActive', label: 'Active', type: 'checkbox', defaultValue: true, index: true },
      {
        name: 'minimumTier',
        label: 'Lowest plan that opens it',
        type: 'select',
        required: true,
        defaultValue: 'free',
        options: [...TIERS],
      },
    ],
  },
]

/** How it is reached: for admins alone. */
export const callFields: Field[] = [
  {
    name: 'adapter',
    label: 'How it is called',
    type: 'select',
    enumName: 'hub_adapter',
    required: true,
    defaultValue: 'http',
    options: [
      { label: 'HTTP endpoint (POST of the input as JSON)', value: 'http' },
      { label: 'Built in', value: 'builtin' },
      { label: 'OpenAI-compatible server (OpenAI, OpenRouter, Ollama, vLLM, LM Studio)', value: 'openai' },
      { label: 'Anthropic', value: 'anthropic' },
      { label: 'Google', value: 'google' },
      { label: 'Tool of an MCP server', value: 'mcp' },
    ],
    access: adminSees,
  },
  {
    name: 'endpoint',
    type: 'text',
    maxLength: 2_000,
    access: adminSees,
    admin: {
      ...forEndpoints,
      description:
        'An address that answers a JSON object; the base address of a model (https://api.openai.com/v1; Anthropic and Google have one of their own); or an MCP server. https in production.',
    },
  },
  {
    name: 'method',
    type: 'select',
    enumName: 'hub_tool_method',
    defaultValue: 'POST',
    options: ['POST', 'PUT', 'PATCH'],
    access: adminSees,
    admin: forHttp,
  },
  {
    name: 'headers',
    type: 'json',
    access: adminSees,
    admin: {
      ...forEndpoints,
      ...asText,
      description: 'Headers that are no secret: {"Accept-Language": "en"}',
    },
  },
  {
    name: 'secretHeaders',
    type: 'json',
    virtual: true,
    access: adminSees,
    hooks: { afterRead: [() => null] },
    admin: {
      ...forEndpoints,
      components: {
        Field: { path: '/src/panel/fields/JsonField#JsonField', clientProps: { writeOnly: true } },
      },
      description:
        'Set secret headers: {"Authorization": "Bearer …"}; null removes one. Stored encrypted, never shown again, and removed when the endpoint moves to another origin.',
    },
  },
  {
    name: 'secretHeaderNames',
    type: 'json',
    virtual: true,
    access: { ...adminSees, create: nobodyField, update: nobodyField },
    admin: { ...forEndpoints, ...asText, readOnly: true, description: 'The secret headers that are set' },
    hooks: {
      afterRead: [
        async ({ siblingData, req }) => {
          const id = (siblingData as { id?: string }).id
          if (!id || !isAdminRequest(req)) return []
          const known = await readTogether<{ id: string; names: string[] }>(req, SECRET_NAMES, id)
          return known?.names ?? []
        },
      ],
    },
  },
  {
    name: 'unreadableSecrets',
    label: 'Secrets that cannot be opened',
    type: 'json',
    virtual: true,
    access: { ...adminSees, create: nobodyField, update: nobodyField },
    admin: {
      ...asText,
      readOnly: true,
      condition: ({ unreadableSecrets }) => Array.isArray(unreadableSecrets) && unreadableSecrets.length > 0,
      description:
        'Calls with these fail. They were stored for another address or under another PAYLOAD_SECRET: enter them again.',
    },
    hooks: {
      afterRead: [
        async ({ siblingData, req, findMany }) => {
          const id = (siblingData as { id?: string }).id
          if (!id || findMany || !isAdminRequest(req)) return []
          return unreadableSecrets(await readingSql(req), id, runtime().secret)
        },
      ],
    },
  },
  {
    name: 'builtin',
    label: 'Built-in function',
    type: 'text',
    access: adminSees,
    admin: {
      condition: (data) => data.adapter === 'builtin',
      description: 'count-tokens, detect-language, keywords or summarize',
    },
  },
  ...modelFields,
]

/** What it takes, how long it may take, and how its tokens are counted. */
export const inputAndMeteringFields: Field[] = [
  {
    name: 'inputSchema',
    label: 'JSON Schema of the input',
    type: 'json',
    validate: (value: unknown) => checkInputSchemaField(value),
    admin: { ...asText, description: 'Checked before anything is called.' },
  },
  { name: 'example', label: 'Example input', type: 'json', admin: asText },
  {
    type: 'row',
    fields: [
      {
        name: 'timeoutMs',
        label: 'Timeout (ms), including retries',
        type: 'number',
        required: true,
        defaultValue: 30_000,
        validate: whole(100, 600_000),
        access: adminSees,
      },
      {
        name: 'retries',
        type: 'number',
        required: true,
        defaultValue: 2,
        validate: whole(0, 5),
        access: adminSees,
        admin: { description: 'After connection errors and 502, 503, 504' },
      },
    ],
  },
  {
    type: 'row',
    fields: [
      {
        name: 'meteringMode',
        label: 'How tokens are counted',
        type: 'select',
        enumName: 'hub_metering_mode',
        required: true,
        defaultValue: 'reported',
        options: [
          { label: 'Reported by the endpoint', value: 'reported' },
          { label: 'Counted over input and output', value: 'counted' },
          { label: 'Fixed price a call', value: 'fixed' },
        ],
      },
      {
        name: 'meteringPath',
        label: 'Where the endpoint reports them',
        type: 'text',
        defaultValue: 'usage.total_tokens',
        maxLength: 200,
        access: adminSees,
        admin: {
          condition: (data) => data.meteringMode === 'reported' && !isModelAdapter(data.adapter),
        },
      },
      {
        name: 'meteringTokens',
        label: 'Tokens a call',
        type: 'number',
        validate: whole(0, 1_000_000_000),
        admin: { condition: (data) => data.meteringMode === 'fixed' },
      },
      {
        name: 'maxTokens',
        label: 'Maximum tokens per call',
        type: 'number',
        validate: whole(1, 1_000_000_000),
        admin: {
          condition: (data) => !isModelAdapter(data.adapter),
          description: 'A call holds this many tokens while it runs.',
        },
      },
    ],
  },
]
