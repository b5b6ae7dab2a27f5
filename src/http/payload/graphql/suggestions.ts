import { GraphQLError, type ValidationRule } from 'graphql'

/** What graphql-js appends to an error: names of fields, arguments, types or values that are close to a wrong one. */
const SUGGESTION = / ?Did you mean [^?]*\?/g

/**
 * A rule that reports nothing itself. It takes the suggestions out of what all other rules report: they tell the
 * schema to callers who may not read it. Every rule of a document is given the same context.
 */
export const withoutSuggestions: ValidationRule = (context) => {
  const report = context.reportError.bind(context)
  context.reportError = (error) => report(withoutSuggestion(error))
  return {}
}

function withoutSuggestion(error: GraphQLError): GraphQLError {
  const message = error.message.replace(SUGGESTION, '')
  if (message === error.message) return error
  const { nodes, source, positions, path, extensions } = error
  return new GraphQLError(message, { nodes, source, positions, path, extensions })
}
