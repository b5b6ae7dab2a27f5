import type { Field } from 'payload'
import { adminsOnlyField } from '../../platform/payload/access'
import { PRICED_OPTIONS } from './priced-options'
import { isModelAdapter, MODEL_ADAPTERS } from './tool'
import { whole } from './whole-number'

type Data = Record<string, unknown>

const forModels = { condition: (data: Data) => isModelAdapter(data.adapter) }
const forChat = { condition: (data: Data) => isModelAdapter(data.adapter) && data.modelKind !== 'embeddings' }
const adminSees = { read: adminsOnlyField }
const writeOnly = { path: '/src/panel/fields/JsonField#JsonField', clientProps: { writeOnly: true } }

/** Model, prompt and limits of a tool that is a model. */
const aboutTheModel: Field[] = [
  {
    type: 'row',
    fields: [
      {
        name: 'model',
        label: "Model, by the provider's name",
        type: 'text',
        maxLength: 200,
        access: adminSees,
        admin: forModels,
      },
      {
        name: 'modelKind',
        label: 'What it does',
        type: 'select',
        enumName: 'hub_model_kind',
        defaultValue: 'chat',
        options: [
          { label: 'Chat', value: 'chat' },
          { label: 'Embeddings', value: 'embeddings' },
        ],
        admin: forModels,
      },
    ],
  },
  {
    name: 'providerKey',
    label: "The provider's API key",
    type: 'text',
    virtual: true,
    maxLength: 4_000,
    access: adminSees,
    hooks: { afterRead: [() => null] },
    admin: {
      ...forModels,
      components: { Field: '/src/panel/fields/SecretField#SecretField' },
      description:
        'Stored encrypted, never shown again, and removed when the address moves to another origin.',
    },
  },
  {
    name: 'systemPrompt',
    type: 'textarea',
    maxLength: 50_000,
    access: adminSees,
    admin: { ...forChat, description: 'Precedes every conversation, whichever endpoint receives the call.' },
  },
  {
    name: 'promptTemplate',
    type: 'textarea',
    maxLength: 50_000,
    access: adminSees,
    admin: {
      ...forChat,
      description:
        'Makes the message from the input: {{text}} is replaced by the field text. Without a template the input is {"prompt": "…"} or {"messages": […]}.',
    },
  },
  {
    type: 'row',
    fields: [
      {
        name: 'defaultOutputTokens',
        label: 'Most output where the caller names none',
        type: 'number',
        validate: whole(1, 10_000_000),
        admin: forChat,
      },
      {
        name: 'maxOutputTokens',
        label: 'Most output that a caller may ask for',
        type: 'number',
        validate: whole(1, 10_000_000),
        admin: forChat,
      },
    ],
  },
  {
    name: 'speaksResponses',
    label: 'The server answers /responses as well',
    type: 'checkbox',
    defaultValue: false,
    access: adminSees,
    admin: {
      condition: (data) => data.adapter === 'openai' && data.modelKind !== 'embeddings',
      description: 'Else a call of /v1/responses is translated into a chat.',
    },
  },
]

const weight = (name: string, label: string): Field => ({
  name,
  label,
  type: 'number',
  defaultValue: 100,
  validate: whole(0, 1_000_000),
  admin: forModels,
})

const cacheWrite = (name: string, label: string): Field => ({
  name,
  label,
  type: 'number',
  validate: whole(0, 1_000_000),
  admin: { ...forModels, description: 'Left empty: as other input.' },
})

/** How the provider's tokens become tokens of the plan. */
const weights: Field[] = [
  {
    type: 'row',
    fields: [
      weight('weightInput', 'Input counts, in percent'),
      weight('weightCachedInput', 'Cached input, in percent'),
      weight('weightOutput', 'Output, in percent'),
      weight('weightReasoning', 'Reasoning, in percent'),
    ],
  },
  {
    type: 'row',
    fields: [
      cacheWrite('weightCacheWrite5m', 'Input cached for 5 minutes, in percent'),
      cacheWrite('weightCacheWrite1h', 'Input cached for an hour, in percent'),
    ],
  },
]

/** What of a request costs more than its tokens say, and how much input it may then have. */
const priced: Field[] = [
  {
    name: 'openOptions',
    label: 'Options with a price that callers may set',
    type: 'select',
    hasMany: true,
    enumName: 'hub_open_option',
    options: PRICED_OPTIONS.map(({ name, label }) => ({ value: name, label })),
    access: adminSees,
    admin: {
      ...forModels,
      description:
        'A request that sets any other is refused. Tokens alone are charged: give them weights that cover the price.',
    },
  },
  {
    name: 'contextWindow',
    label: 'Context window, in tokens',
    type: 'number',
    validate: whole(1, 100_000_000),
    access: adminSees,
    admin: {
      ...forModels,
      placeholder: '1000000',
      description: 'The most input that is charged where an open option lets the provider add input.',
    },
  },
]

/** Where else the same model is to be had. */
const others: Field[] = [
  {
    name: 'routing',
    label: 'Which upstream is called first',
    type: 'select',
    enumName: 'hub_routing',
    defaultValue: 'order',
    options: [
      { label: 'In their order', value: 'order' },
      { label: 'By their weight', value: 'weight' },
    ],
    access: adminSees,
    admin: forModels,
  },
  {
    name: 'share',
    label: 'Weight of the one above',
    type: 'number',
    defaultValue: 1,
    validate: whole(0, 1_000),
    access: adminSees,
    admin: { condition: (data) => isModelAdapter(data.adapter) && data.routing === 'weight' },
  },
  {
    name: 'upstreams',
    label: 'Further upstreams',
    labels: { singular: 'Upstream', plural: 'Upstreams' },
    type: 'array',
    maxRows: 10,
    access: adminSees,
    admin: {
      ...forModels,
      description: 'Tried when one before fails with a connection error, 429 or 5xx, before its first byte.',
    },
    fields: [
      {
        type: 'row',
        fields: [
          { name: 'name', type: 'text', required: true, maxLength: 40 },
          {
            name: 'adapter',
            type: 'select',
            enumName: 'hub_upstream_adapter',
            required: true,
            defaultValue: 'openai',
            options: [...MODEL_ADAPTERS],
          },
          { name: 'share', label: 'Weight', type: 'number', defaultValue: 1, validate: whole(0, 1_000) },
        ],
      },
      { name: 'endpoint', type: 'text', maxLength: 2_000 },
      { name: 'model', type: 'text', required: true, maxLength: 200 },
    ],
  },
  {
    name: 'upstreamKeys',
    label: 'API keys of the further upstreams',
    type: 'json',
    virtual: true,
    access: adminSees,
    hooks: { afterRead: [() => null] },
    admin: {
      ...forModels,
      components: { Field: writeOnly },
      description:
        'By their names: {"backup": "sk-…"}; null removes one. Stored encrypted, never shown again.',
    },
  },
]

/** How a tool that is a model, or a tool of a remote MCP server, is set up: for admins. */
export const modelFields: Field[] = [
  ...aboutTheModel,
  ...weights,
  ...priced,
  ...others,
  {
    name: 'remoteTool',
    label: "The tool's name on the MCP server",
    type: 'text',
    maxLength: 200,
    access: adminSees,
    admin: { condition: (data) => data.adapter === 'mcp' },
  },
]
