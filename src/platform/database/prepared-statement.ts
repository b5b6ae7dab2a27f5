import type { QueryConfig } from 'pg'

/** For each parameter name, the function that gets its value from the input. */
export type StatementParameters<Input> = Readonly<Record<string, (input: Input) => unknown>>

/**
 * A statement that connections keep prepared under `name`. Its text names its parameters (`:user_ids::uuid[]`); here, once, they
 * become `$1`, `$2` and so on. Throws for a parameter that the text names and `parameters` lacks, and for one that the text does
 * not use. A colon inside a literal counts as a name too.
 */
export function preparedStatement<Input>(
  name: string,
  text: string,
  parameters: StatementParameters<Input>,
): (input: Input) => QueryConfig {
  const names = Object.keys(parameters)
  const makers = Object.values(parameters)
  const numbered = withNumbers(name, text, names)
  return (input) => ({ name, text: numbered, values: makers.map((make) => make(input)) })
}

function withNumbers(statement: string, text: string, names: string[]): string {
  const unused = new Set(names)
  const numbered = text.replace(NAMED, (_, name: string) => {
    const index = names.indexOf(name)
    if (index < 0) throw new Error(`${statement} names a parameter :${name} that is not given`)
    unused.delete(name)
    return `$${index + 1}`
  })
  if (unused.size > 0) throw new Error(`${statement} does not use :${[...unused].join(', :')}`)
  return numbered
}

/** `:name`, but not the type after `::`. */
const NAMED = /(?<!:):([a-z]\w*)/g
