import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Asks `/health` of BENCH_HUB_URL twenty times a second, in a process of its own, so that the load generator's work is
 * not in its times. Each message asks for what came since the last one: the times in milliseconds.
 */
const url = `${process.env.BENCH_HUB_URL}/health`
let times: number[] = []

process.on('message', () => {
  process.send?.({ times })
  times = []
})
process.on('disconnect', () => process.exit(0))
process.send?.({ ready: true, url })
for (;;) {
  const startedAt = performance.now()
  // Not waited for: a late answer must not make the next question late.
  void fetch(url)
    .then((answer) => answer.text())
    .then(() => times.push(performance.now() - startedAt))
    .catch(() => times.push(Number.POSITIVE_INFINITY))
  await sleep(50)
}
