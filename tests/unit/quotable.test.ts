import { expect, test } from '@jest/globals'
import { quotable } from '../../src/domain/tools/quotable'
import { isEventText } from '../../src/platform/outbound/event-parser'
import { busyMs } from '../support/fair-time'

/**
 * Protects against texts of upstreams that take time with the square of their length: some repeat what a caller sent them,
 * so a caller could stop the process. And against secrets that show because such a text is cut.
 */
const SECRET = 'planted-secret-of-a-test'
const target = { baseUrl: 'https://provider.example/v1', headers: {}, secrets: [SECRET] }

test.each(['a.', 'a-', 'eyJabc-', '1.1.', '[1:', '/home/', ' ', 'https://a.', 'sk-'])(
  'a text of nothing but %j is quoted in a moment',
  async (part) => {
    let said = ''
    const busy = await busyMs(() => {
      said = quotable(`${part.repeat(100_000)}!`, target)
    })
    expect(said.length).toBeLessThanOrEqual(500)
    expect(busy).toBeLessThan(1_000)
  },
)

test('a secret is hidden wherever the text is cut', () => {
  for (let before = 470; before <= 1_010; before += 1) {
    const said = quotable(`${'x'.repeat(before)}${SECRET} and ${SECRET}`, target)
    expect(said).not.toMatch(/plant/)
  }
})

test('what looks like an event stream is found in a moment', async () => {
  const busy = await busyMs(() => isEventText(`${' '.repeat(300_000)}x`))
  expect(busy).toBeLessThan(1_000)
  expect(
    ['data: x', '\ufeff: hi', '\n\nid\ndata: x', 'x-took: 7\ndata: x', '{"a":1}', 'Bad gateway'].map(
      isEventText,
    ),
  ).toEqual([true, true, true, true, false, false])
})
