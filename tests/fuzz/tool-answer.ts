import fc from 'fast-check'
import {
  depthOf,
  longIntegers,
  MOST_DEPTH,
  type ObjectValue,
  objects,
  type Value,
  values,
} from './json-value'

/** How a tool is metered: what its endpoint reports, and where; counted; at a fixed price; reported within a maximum. */
export const METERINGS = ['reported', 'in a list', 'counted', 'fixed', 'bounded'] as const
export type MeteringName = (typeof METERINGS)[number]

/** What stands where the tool reports its tokens; left out where nothing does. */
export type Report = { value?: Value }

/** What the endpoint of an http tool answers. */
export type HttpAnswer = {
  metering: MeteringName
  report: Report
  output: ObjectValue
  /** `other`: something that is legal, and no object. */
  form: 'json' | 'events' | 'other'
  /** What a stream says before. */
  before: Value[]
  status: number
}

export const reports: fc.Arbitrary<Report> = fc.oneof(
  { weight: 6, arbitrary: fc.nat(1_500).map((value) => ({ value })) },
  { weight: 2, arbitrary: fc.constant({}) },
  fc
    .oneof(
      fc.constantFrom<Value[]>(-1, 1.5, '7', null, true, [7], { n: 7 }, 0, 999_999_999_999),
      longIntegers as fc.Arbitrary<Value>,
    )
    .map((value) => ({ value })),
)

/** The object with what is reported at the metering's path in it. */
export function reporting(output: ObjectValue, metering: MeteringName, { value }: Report): ObjectValue {
  if (value === undefined) return output
  if (metering === 'in a list') return { ...output, results: [{ tokens: value }] }
  return { ...output, usage: { total_tokens: value } }
}

/** What is nested no deeper than an output may be. */
export const outputs = objects.filter((object) => depthOf(object) <= MOST_DEPTH)

export const httpAnswers: fc.Arbitrary<HttpAnswer> = fc
  .record({
    metering: fc.constantFrom(...METERINGS),
    report: reports,
    output: outputs,
    form: fc.constantFrom('json', 'json', 'json', 'events', 'events', 'other'),
    before: fc.array(fc.oneof(values, objects as fc.Arbitrary<Value>), { maxLength: 3 }),
    status: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(200, 200, 201, 202, 206) },
      fc.constantFrom(400, 401, 404, 409, 422, 429, 500, 501),
    ),
  })
  .map((answer) => ({ ...answer, output: reporting(answer.output, answer.metering, answer.report) }))
