import { type GraphQLResolveInfo, Kind, type ValueNode } from 'graphql'
import {
  copyOf,
  hasDigits,
  hideDigits,
  parseJson,
  showDigits,
  toJson,
} from '../../../platform/kernel/exact-json'

type Json = Record<string, unknown>
type Noted = { [BODY]?: Passage }
/** The text of a request, and whether its response contains integers that are sent as strings. */
type Passage = { text: string; hides: boolean }

/** Where the server keeps the received text: GraphQL rounds integers beyond 2⁵³ when it reads and when it writes. */
const BODY = Symbol.for('hub.graphql.body')

/** Notes the text of a GraphQL request, for resolvers whose integers keep their digits. */
export function noteBody(request: Request, text: string): void {
  ;(request as Noted)[BODY] = { text, hides: false }
}

/** The response to such a request, with all digits of its integers. */
export async function withDigits(request: Request, answer: Response): Promise<Response> {
  if (!(request as Noted)[BODY]?.hides) return answer
  const { status, headers } = answer
  return new Response(showDigits(await answer.text()), { status, headers })
}

/** The argument `input` of a field with the digits that were sent; unchanged if the request's text was not kept. */
export function exactInput(req: object, { fieldNodes }: GraphQLResolveInfo, input: Json): Json {
  const text = (req as Noted)[BODY]?.text
  const node = fieldNodes[0]?.arguments?.find(({ name }) => name.value === 'input')?.value
  if (text === undefined || !node || !/\d{16}/.test(text)) return input
  const { variables } = parseJson(text) as { variables?: Json | null }
  const exact = parseJson(jsonOf(node, variables ?? {})) as Json
  // The two results should differ only in digits. If they differ otherwise, the library's own result is used.
  return JSON.stringify(exact) === JSON.stringify(input) ? exact : input
}

/** A result whose large integers GraphQL can write, as strings, which `withDigits` turns into numbers again. */
export function hiddenDigits<Result extends { output: Json }>(req: object, result: Result): Result {
  const noted = (req as Noted)[BODY]
  if (!noted || !hasDigits(result.output)) return result
  noted.hides = true
  return { ...result, output: hideDigits(result.output) }
}

/** A value of a document as JSON text, with its original digits. */
function jsonOf(node: ValueNode, variables: Json): string {
  switch (node.kind) {
    case Kind.OBJECT: {
      const fields = node.fields.map(
        ({ name, value }) => `${JSON.stringify(name.value)}:${jsonOf(value, variables)}`,
      )
      return `{${fields.join(',')}}`
    }
    case Kind.LIST:
      return `[${node.values.map((value) => jsonOf(value, variables)).join(',')}]`
    case Kind.VARIABLE:
      return memberOf(variables, node.name.value)
    case Kind.INT:
    case Kind.FLOAT:
      return node.value
    case Kind.NULL:
      return 'null'
    default:
      return JSON.stringify(node.value)
  }
}

function memberOf(variables: Json, name: string): string {
  const text = toJson(copyOf(variables, { [name]: variables[name] ?? null }))
  return text.slice(JSON.stringify(name).length + 2, -1)
}
