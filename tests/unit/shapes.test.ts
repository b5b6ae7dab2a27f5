import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'

/** What runs for every call. */
const ON_THE_WAY = [
  'src/api/invoke.ts',
  'src/api/exchange.ts',
  'src/api/plain-answer.ts',
  'src/database/prepared-statement.ts',
  'src/gateway/in-flight.ts',
  'src/gateway/invoke.ts',
  'src/gateway/run-call.ts',
  'src/gateway/settled.ts',
  'src/metering/admission-row.ts',
  'src/metering/admission-values.ts',
  'src/metering/admission.ts',
  'src/metering/batcher.ts',
  'src/metering/settlement-values.ts',
  'src/metering/settlement.ts',
  'src/server/send-plain.ts',
  'src/tools/adapters/http.ts',
  'src/tools/call-http.ts',
  'src/tools/metering.ts',
  'src/tools/send-request.ts',
]

const COMMENT = /\/\*[\s\S]*?\*\/|(?<!:)\/\/.*/g
/** A spread that comes first, and then more; not what a type, a pattern or a call spreads. */
const EXTENDED = /\{\s*\.\.\.[\w.()?]+\s*,\s*[^}\s]/g
/** In a class a getter follows no comma. */
const WITH_A_GETTER = /,\s*get \w+\(\)/g

/** Objects that get a shape of their own each time they are made. */
function ofOwnShape(text: string): string[] {
  const code = text.replace(COMMENT, '')
  return [EXTENDED, WITH_A_GETTER].flatMap((pattern) => code.match(pattern) ?? [])
}

/** It took a third of a call's time (docs/decisions/0032-shapes-of-objects.md). */
test.each(ON_THE_WAY)('%s makes no object with a shape of its own', (name) => {
  expect(ofOwnShape(readFileSync(name, 'utf8'))).toEqual([])
})

test('such objects are found', () => {
  expect(ofOwnShape('const a = { ...b, c: 1 }')).toHaveLength(1)
  expect(ofOwnShape('const a = { b, /* once */ get c() { return 1 } }')).toHaveLength(1)
  expect(
    ofOwnShape('const a = { c: 1, ...b }; const d = { ...b }; class E { f = 1; get c() { return 1 } }'),
  ).toEqual([])
})
