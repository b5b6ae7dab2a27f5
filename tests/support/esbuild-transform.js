import { transformSync } from 'esbuild'

/** Jest's transformer: TypeScript to ESM, with inline source maps so that a failure names the right line. */
export default {
  process(source, path) {
    return transformSync(source, {
      loader: path.endsWith('x') ? 'tsx' : 'ts',
      format: 'esm',
      target: 'node20',
      sourcemap: 'inline',
      sourcefile: path,
      jsx: 'automatic',
    })
  },
}
