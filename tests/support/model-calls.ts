type Json = Record<string, unknown>
type Chunk = (delta: Json, finish?: string | null) => boolean

const call = (index: number | undefined, more: Json) => ({
  tool_calls: [{ ...(index === undefined ? {} : { index }), ...more }],
})
const begun = (index: number | undefined, id: string, text = '') =>
  call(index, { id, type: 'function', function: { name: 'weather', arguments: text } })
const more = (index: number, text: string) => call(index, { function: { arguments: text } })

/** Two calls whose arguments come in turns, with words before and between. */
export function streamInterleaved(chunk: Chunk): void {
  chunk({ content: 'Let me ' })
  chunk({ content: 'see.' })
  chunk(begun(0, 'call_1'))
  chunk(more(0, '{"city":'))
  chunk(begun(1, 'call_2'))
  chunk(more(1, '{"city":"Ber'))
  chunk({ content: 'Two cities.' })
  chunk(more(0, '"Oslo"}'))
  chunk(more(1, 'gen"}'))
  chunk({}, 'tool_calls')
}

/** Two calls that come whole, each under the same index or none, as some servers send them. */
export function streamWholeCalls(chunk: Chunk, index: number | undefined): void {
  chunk(begun(index, 'call_1', '{"city":"Oslo"}'))
  chunk(begun(index, 'call_2', '{"city":"Bergen"}'))
  chunk({}, 'tool_calls')
}
