import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'

/** What runs for every call. */
const ON_THE_WAY = [
  'src/http/api/invoke.ts',
  'src/http/kit/exchange.ts',
  'src/http/kit/plain-answer.ts',
  'src/platform/database/prepared-statement.ts',
  'src/domain/calls/in-flight.ts',
  'src/domain/calls/invoke.ts',
  'src/domain/calls/run-call.ts',
  'src/domain/calls/settled.ts',
  'src/domain/ledger/admission-row.ts',
  'src/domain/ledger/admission-values.ts',
  'src/domain/ledger/admission.ts',
  'src/domain/ledger/batcher.ts',
  'src/domain/ledger/settlement-values.ts',
  'src/domain/ledger/settlement.ts',
  'src/http/server/send-plain.ts',
  'src/domain/tools/adapters/http.ts',
  'src/platform/outbound/call-http.ts',
  'src/domain/tools/metering.ts',
  'src/platform/outbound/send-request.ts',
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
