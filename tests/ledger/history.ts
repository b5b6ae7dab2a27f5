import fc from 'fast-check'
import { PLANS, type PlanName } from './model'

/** What may happen to one person: the steps of a random history. `call` is counted round those that were admitted. */
export type Step =
  | { do: 'subscribe'; plan: PlanName }
  | { do: 'cancel' }
  | { do: 'grant'; tokens: number; hours: number }
  | { do: 'wait'; seconds: number }
  | { do: 'invoke'; tokens: number; mode: 'exact' | 'up-to'; seconds: number }
  | { do: 'succeed'; call: number; tokens: number }
  | { do: 'fail' | 'time out'; call: number }
  | { do: 'correct'; call: number; tokens: number }
  | { do: 'crash'; downSeconds: number }
  | { do: 'sweep' }

const plan = fc.constantFrom(...(Object.keys(PLANS) as PlanName[]))
const tokens = fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 401, max: 6000 }))
const call = fc.nat(8)
const moments = fc.integer({ min: 1, max: 40 })
const upToMinutes = fc.integer({ min: 1, max: 600 })
const upToWeeks = fc.integer({ min: 1, max: 1500 }).map((hours) => hours * 3600)

const kinds: { weight: number; arbitrary: fc.Arbitrary<Step> }[] = [
  { weight: 4, arbitrary: fc.record({ do: fc.constant('subscribe'), plan }) },
  { weight: 1, arbitrary: fc.constant({ do: 'cancel' }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('grant'),
      tokens: fc.integer({ min: 1, max: 2000 }),
      hours: fc.nat(900),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait'), seconds: fc.oneof(moments, upToMinutes, upToWeeks) }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant('invoke'),
      tokens,
      mode: fc.constantFrom('exact', 'up-to'),
      seconds: upToMinutes,
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('succeed'), call, tokens }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('fail', 'time out'), call }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('correct'), call, tokens: fc.nat(3000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('crash'), downSeconds: fc.oneof(moments, upToWeeks) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'sweep' }) },
]

/** A history of 5 to 40 steps; fast-check shortens one that fails as far as it still fails. */
export const history: fc.Arbitrary<Step[]> = fc.array(fc.oneof(...kinds), { minLength: 5, maxLength: 40 })
