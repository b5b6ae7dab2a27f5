import {
  type DocumentNode,
  GraphQLSchema,
  KnownDirectivesRule,
  NoFragmentCyclesRule,
  OperationTypeNode,
  ProvidedRequiredArgumentsRule,
  parse,
  UniqueFragmentNamesRule,
  validate,
} from 'graphql'
import { invalidField, Problem } from '../../platform/kernel/problem'
import { isJsonType } from '../kit/media-types'
import { checkBounds, checkFragments } from './graphql-bounds'

const MOST_TOKENS = 5_000
/** These rules look at no type. */
const NO_TYPES = new GraphQLSchema({ assumeValid: true })

/**
 * Refuses a GraphQL request that Payload's handler would fail on: what is no document, a subscription, fragments in a
 * circle or a directive without its arguments (its complexity rule runs before they are checked), and what is too
 * large once its fragments are expanded. Returns the text of its body. Throws `Problem`.
 */
export async function guardGraphql(request: Request): Promise<string> {
  if (!isJsonType(request.headers.get('content-type') ?? ''))
    throw new Problem('UNSUPPORTED_MEDIA_TYPE', 'Send the query as application/json, in UTF-8')
  const text = await request.clone().text()
  const { query, variables } = JSON.parse(text) as { query?: unknown; variables?: unknown }
  if (typeof query !== 'string') throw invalidField('query', 'A GraphQL document is required')
  if (Array.isArray(variables) || !['object', 'undefined'].includes(typeof variables))
    throw invalidField('variables', 'Must be an object')
  const document = read(query)
  const operations = document.definitions.filter((definition) => 'operation' in definition)
  if (operations.some(({ operation }) => operation === OperationTypeNode.SUBSCRIPTION))
    throw invalidField('query', 'Subscriptions are not supported')
  checkFragments(document)
  const rules = [
    KnownDirectivesRule,
    NoFragmentCyclesRule,
    ProvidedRequiredArgumentsRule,
    UniqueFragmentNamesRule,
  ]
  const fault = validate(NO_TYPES, document, rules)[0]
  if (fault) throw invalidField('query', fault.message)
  checkBounds(document)
  return text
}

function read(query: string): DocumentNode {
  try {
    return parse(query, { maxTokens: MOST_TOKENS })
  } catch (error) {
    // A document nested without end is no syntax error to the parser, it overflows.
    throw invalidField(
      'query',
      error instanceof RangeError ? 'It is nested too deeply' : (error as Error).message,
    )
  }
}
