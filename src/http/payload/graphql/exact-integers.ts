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
/** The text of a request, and whether its answer holds integers that travel as texts. */
type Passage = { text: string; hides: boolean }

/** Where the server notes the text that came: GraphQL's own reading rounds integers beyond 2⁵³, and so does its writing. */
const BODY = Symbol.for('hub.graphql.body')

/** Notes the text of a GraphQL request, for resolvers whose integers keep their digits. */
export function noteBody(request: Request, text: string): void {
  ;(request as Noted)[BODY] = { text, hides: false }
}

/** The answer to such a request, with the digits of its integers. */
export async function withDigits(request: Request, answer: Response): Promise<Response> {
  if (!(request as Noted)[BODY]?.hides) return answer
  const { status, headers } = answer
  return new Response(showDigits(await answer.text()), { status, headers })
}

/** The argument `input` of a field with the digits that were sent; as it is where nobody noted the request's text. */
export function exactInput(req: object, { fieldNodes }: GraphQLResolveInfo, input: Json): Json {
  const text = (req as Noted)[BODY]?.text
  const node = fieldNodes[0]?.arguments?.find(({ name }) => name.value === 'input')?.value
  if (text === undefined || !node || !/\d{16}/.test(text)) return input
  const { variables } = parseJson(text) as { variables?: Json | null }
  const exact = parseJson(jsonOf(node, variables ?? {})) as Json
  // The two readings differ in digits alone; where not, the library's own is the one that counts.
  return JSON.stringify(exact) === JSON.stringify(input) ? exact : input
}

/** A result whose large integers GraphQL can write: as texts, which `withDigits` makes numbers again. */
export function hiddenDigits<Result extends { output: Json }>(req: object, result: Result): Result {
  const noted = (req as Noted)[BODY]
  if (!noted || !hasDigits(result.output)) return result
  noted.hides = true
  return { ...result, output: hideDigits(result.output) }
}

/** A value of a document as JSON text, with the digits as they stand there. */
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
