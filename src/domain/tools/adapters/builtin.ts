import { builtinTools } from '../builtin'
import { type Adapter, badResponse, type ToolAnswer, timedOut, unavailable } from './adapter'

/** Runs a function that the hub brings along. They give way to others often, so the time limit is kept. */
export const builtinAdapter: Adapter = {
  async invoke(tool, input, { timeoutMs, signal }) {
    const builtin = builtinTools[tool.builtin ?? '']
    if (!builtin) return unavailable('there is no such built-in function', 'unknown')
    const controller = new AbortController()
    const run = builtin
      .run(input, signal ? AbortSignal.any([controller.signal, signal]) : controller.signal)
      .then(
        (output): ToolAnswer => ({ ok: true, output }),
        (error: Error): ToolAnswer =>
          signal?.aborted
            ? unavailable('the call was ended early', 'unknown')
            : badResponse(`the built-in function failed: ${error.name}`),
      )
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<ToolAnswer>((resolve) => {
      timer = setTimeout(() => {
        resolve(timedOut(timeoutMs, 'unknown'))
        controller.abort()
      }, timeoutMs)
    })
    return Promise.race([run, late]).finally(() => clearTimeout(timer))
  },
}
