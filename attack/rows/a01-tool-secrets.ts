import type { OwnHub, Reply } from '../../tests/support/own-hub'
import { Probes, type Row } from '../row'
import {
  type Caller,
  graphql,
  invoke,
  must,
  newCaller,
  newModel,
  newTool,
  shown,
  type Tool,
  unique,
} from '../stage/people'
import type { Stage } from '../stage/stage'

/** A tool's secrets are only ever sent to the origin that they were stored for, however the tool was moved. */
export const toolSecrets: Row = {
  number: 'A1',
  title: "A tool's secrets are sent to another host",
  tried:
    'moving a tool to another origin together with its secret, by documents, bulk edits and the database',
  run: async (stage) => {
    const own = await stage.hub('development')
    const place = { own, stage, caller: await newCaller(own) }
    const probes = new Probes()
    for (const [what, move] of Object.entries(moves))
      await probes.play(what, () => steal(place, move, (secret) => httpTool(place, secret)))
    await probes.play("the same document with a model's key", () =>
      steal(place, moveModel, (secret) => modelTool(place, secret)),
    )
    return probes.list
  },
}

type Place = { own: OwnHub; stage: Stage; caller: Caller }
type Move = (place: Place, tool: Tool, target: string) => Promise<Reply | string>

const moves: Record<string, Move> = {
  'restoring a draft and publishing it with another endpoint, in one document': async (place, tool, target) =>
    graphql(
      place.own,
      `mutation { a: restoreVersionTool(id: "${await versionOf(place, tool)}", draft: true) { id } ${published(tool, target)} }`,
      { token: place.own.admin },
    ),
  "the same with another tool's version": async (place, tool, target) => {
    const other = await newTool(place.own, `${place.stage.upstream.url}/home`)
    const version = await versionOf(place, other)
    const restore = `a: restoreVersionTool(id: "${version}", draft: true) { id }`
    return graphql(place.own, `mutation { ${restore} ${published(tool, target)} }`, {
      token: place.own.admin,
    })
  },
  'a draft of another tool, then the move': async (place, tool, target) => {
    const other = await newTool(place.own, `${place.stage.upstream.url}/home`)
    const draft = `a: updateTool(id: "${other.id}", draft: true, data: { _status: draft, description: "d" }) { id }`
    return graphql(place.own, `mutation { ${draft} ${published(tool, target)} }`, { token: place.own.admin })
  },
  'a restored draft, then the move without a word of drafts': async (place, tool, target) => {
    const restore = `a: restoreVersionTool(id: "${await versionOf(place, tool)}", draft: true) { id }`
    const move = `b: updateTool(id: "${tool.id}", data: { endpoint: "${target}" }) { id }`
    return graphql(place.own, `mutation { ${restore} ${move} }`, { token: place.own.admin })
  },
  'a restored draft of another adapter': async (place, tool, target) => {
    const restore = `a: restoreVersionTool(id: "${await versionOf(place, tool)}", draft: true) { id }`
    const move = published(tool, target, 'adapter: openai, model: "m", modelKind: chat')
    return graphql(place.own, `mutation { ${restore} ${move} }`, { token: place.own.admin })
  },
  'a bulk edit of the published tool': async ({ own }, tool, target) =>
    own.ask('PATCH', `/api/tools?where[id][in][0]=${tool.id}&draft=true`, {
      token: own.admin,
      body: { _status: 'published', endpoint: target },
    }),
  'a draft at the other host, published by a bulk edit': async ({ own }, tool, target) => {
    const draft = { _status: 'draft', endpoint: target }
    await own.ask('PATCH', `/api/tools/${tool.id}?draft=true`, { token: own.admin, body: draft })
    const body = { _status: 'published' }
    return own.ask('PATCH', `/api/tools?where[id][equals]=${tool.id}&draft=true`, { token: own.admin, body })
  },
  'a plain change of the endpoint': async ({ own }, tool, target) =>
    own.ask('PATCH', `/api/v1/admin/tools/${tool.id}`, { token: own.admin, body: { api_endpoint: target } }),
  'the row changed beneath the hub, its secret with it': async ({ own }, tool, target) => {
    const moved = `update tools set endpoint = $2, updated_at = now() where id = $1`
    await own.database.pool.query(moved, [tool.id, target])
    await own.database.pool.query('update catalogue_version set version = version + 1')
    return 'one UPDATE of tools.endpoint'
  },
  "the sealed secret copied to another tool's row": async ({ own, stage }, tool, target) => {
    const other = await newTool(own, target, { headers: { 'X-Own': 'a value of its own' } })
    const sql = own.database.pool
    await sql.query('delete from tool_secrets where tool_id = $1', [other.id])
    await sql.query('update tool_secrets set tool_id = $2 where tool_id = $1', [tool.id, other.id])
    await sql.query('update catalogue_version set version = version + 1')
    const caller = await newCaller(own)
    const answer = await invoke(own, other, caller, { text: 'x' })
    return `the other tool got ${answer.status} at ${stage.thief.received.length} calls`
  },
}

const moveModel: Move = async (place, tool, target) => {
  const restore = `a: restoreVersionTool(id: "${await versionOf(place, tool)}", draft: true) { id }`
  const move = published(tool, target, 'adapter: openai, model: "m", modelKind: chat')
  return graphql(place.own, `mutation { ${restore} ${move} }`, { token: place.own.admin })
}

/** All of a tool's fields, as the panel sends them. */
function published(tool: Tool, target: string, more = 'adapter: http'): string {
  const about = `name: "${tool.name}", slug: "${tool.slug}", description: "Attacked.", minimumTier: free`
  const call = `timeoutMs: 30000, retries: 0, meteringMode: reported, endpoint: "${target}", ${more}`
  return `b: updateTool(id: "${tool.id}", draft: true, data: { _status: published, ${about}, ${call} }) { id }`
}

async function steal(place: Place, move: Move, make: (secret: string) => Promise<Tool>) {
  const { own, stage, caller } = place
  const secret = unique('secret-of-a-tool')
  const tool = await make(secret)
  must('the first call', await invoke(own, tool, caller, { prompt: 'x' }), 200)
  if (!has(stage.upstream.received, secret))
    throw new Error('the tool did not send its secret home to begin with')
  const moved = await move(place, tool, `${stage.thief.url}/${unique('thief')}`)
  const after = await invoke(own, tool, caller, { prompt: 'x' })
  const isStolen = has(stage.thief.received, secret)
  const how = typeof moved === 'string' ? moved : `the move got ${shown(moved)}`
  return {
    held: !isStolen,
    seen: `${how}, the next call ${after.status}; the secret ${isStolen ? 'was sent to the other host' : 'stayed'}`,
  }
}

const has = (received: { headers: object }[], secret: string) =>
  received.some(({ headers }) => JSON.stringify(headers).includes(secret))

function httpTool({ own, stage }: Place, secret: string): Promise<Tool> {
  return newTool(own, `${stage.upstream.url}/home`, { headers: { 'X-Secret': secret } })
}

function modelTool({ own, stage }: Place, secret: string): Promise<Tool> {
  const choices = [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }]
  const usage = { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 }
  const base = stage.upstream.on('model-home', (response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ choices, usage }))
  })
  return newModel(own, base, { provider_key: secret })
}

async function versionOf({ own }: Place, tool: Tool): Promise<string> {
  const path = `/api/tools/versions?where[parent][equals]=${tool.id}&depth=0&limit=1`
  const found = must('the versions', await own.ask('GET', path, { token: own.admin }), 200)
  const [version] = found.body.docs as { id: string }[]
  if (!version) throw new Error('the tool has no version')
  return version.id
}
