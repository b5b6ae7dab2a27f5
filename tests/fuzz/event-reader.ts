export type Read = { name: string; data: string }

/**
 * The events of an event stream, read as its standard says (HTML, section 9.2.6), with nothing of any library: it is the
 * ruler that the hub's own streams are measured by. Throws for a stream whose last event has no end.
 */
export function readEvents(text: string): Read[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)
  const found: Read[] = []
  let data: string[] = []
  let name = ''
  for (const line of lines) {
    if (line === '') {
      if (data.length > 0) found.push({ name, data: data.join('\n') })
      data = []
      name = ''
      continue
    }
    if (line.startsWith(':')) continue
    const at = line.indexOf(':')
    const field = at < 0 ? line : line.slice(0, at)
    const value = at < 0 ? '' : line.slice(at + 1).replace(/^ /, '')
    if (field === 'data') data.push(value)
    else if (field === 'event') name = value
    else if (field !== 'id' && field !== 'retry') throw new Error(`a line of no event stream: ${line}`)
  }
  if (data.length > 0) throw new Error('the last event has no end')
  return found
}
