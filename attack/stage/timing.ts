/** The shortest (ms) of some runs one after another: what else the machine does can only make one longer. */
export async function shortest(runs: number, work: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs; run += 1) {
    const began = performance.now()
    await work()
    best = Math.min(best, performance.now() - began)
  }
  return best
}

/** Runs `work` `times` times over this many connections at once, and returns what each run gave. */
export async function together<Result>(
  connections: number,
  times: number,
  work: (at: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const line = async () => {
    while (next < times) {
      const at = next
      next += 1
      results[at] = await work(at)
    }
  }
  await Promise.all(Array.from({ length: connections }, line))
  return results
}

/** How long (ms) each request to `/health` took while the load ran. */
export async function healthDuring(url: string, load: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  let isRunning = true
  const watching = (async () => {
    while (isRunning) {
      const began = performance.now()
      await (await fetch(`${url}/health`)).text()
      times.push(performance.now() - began)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  })()
  await load().finally(() => {
    isRunning = false
  })
  await watching
  return times
}

export const worst = (times: readonly number[]) => Math.max(...times)
export const ms = (time: number) => `${Math.round(time)} ms`
