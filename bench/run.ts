import { runApiPart } from './api-part'
import { runBoundsPart } from './bounds-part'
import { runCrowdPart } from './crowd-part'
import { runInvokePart } from './invoke-part'
import { readOptions } from './options'
import { openStage } from './stage'
import { runStreamsPart } from './streams-part'
import { machineFacts } from './usage-of-machine'

/** `npm run bench`: the hub next to the bare proxy, on this machine, in one run. See README.md here. */
const options = readOptions(process.argv.slice(2))
const stage = await openStage()
try {
  process.stdout.write(`\n${await machineFacts(stage.hubPool)}\n`)
  if (options.parts.includes('api')) await runApiPart(stage, options)
  if (options.parts.includes('invoke')) await runInvokePart(stage, options)
  if (options.parts.includes('crowd')) await runCrowdPart(stage)
  if (options.parts.includes('streams')) await runStreamsPart(stage, options)
  if (options.parts.includes('bounds')) await runBoundsPart(stage, options.durationMs)
} finally {
  await stage.close()
}
