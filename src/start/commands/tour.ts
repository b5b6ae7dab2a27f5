import { runTour } from '../../../tour/steps'
import { Visitor } from '../../../tour/visitor'

const url = (process.env.HUB_URL ?? `http://127.0.0.1:${process.env.PORT ?? 3000}`).replace(/\/+$/, '')

try {
  await runTour(new Visitor(url))
  process.stdout.write('\nThe tour is over: every step answered as it should.\n')
} catch (error) {
  process.stderr.write(`\nThe tour stopped: ${(error as Error).message}\n`)
  process.exit(1)
}
