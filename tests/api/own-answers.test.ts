import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { newPlan } from '../support/catalogue'
import { call } from '../support/client'
import { newKey, newSubscriber } from '../support/people'

/** Calls that are committed together are answered in the same turn of the hub, one right after the other. */
test('whoever is answered beside others gets the answer to what they asked', async () => {
  const { key } = await newKey(await newSubscriber(await newPlan(10_000_000)))
  const one = async (number: number) => {
    const id = randomUUID()
    const answer = await call(
      'POST',
      number % 10 === 0 ? '/tools/no-such-tool/invoke' : '/tools/count-tokens/invoke',
      { key, headers: { 'x-request-id': id }, body: { input: { text: 'a b c' } } },
    )
    expect([answer.headers.get('x-request-id'), answer.meta.request_id]).toEqual([id, id])
    expect(answer.status).toBe(number % 10 === 0 ? 404 : 200)
  }
  for (let round = 0; round < 5; round += 1)
    await Promise.all(Array.from({ length: 60 }, (_, number) => one(number)))
})
