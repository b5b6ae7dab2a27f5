import { connect } from 'node:net'

/** Sends these lines over a connection of its own, and returns what comes back, up to the end or `withinMs`. */
export function rawRequest(url: string, lines: string[], withinMs = 3_000): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(Number(port), hostname, () => socket.write(`${lines.join('\r\n')}\r\n\r\n`))
    const timer = setTimeout(() => socket.destroy(), withinMs)
    socket.on('data', (chunk) => {
      text += chunk
      // Enough to judge by: a connection that is kept open would only be waited for.
      if (text.includes('\r\n\r\n')) setTimeout(() => socket.destroy(), 50)
    })
    socket.once('error', reject)
    socket.once('close', () => {
      clearTimeout(timer)
      resolve(text)
    })
  })
}

/** A request that asks for another protocol. */
export const upgradeTo = (protocol: string, path: string) => [
  `GET ${path} HTTP/1.1`,
  'Host: hub.example.org',
  `Connection: Upgrade${protocol === 'h2c' ? ', HTTP2-Settings' : ''}`,
  `Upgrade: ${protocol}`,
  ...(protocol === 'h2c'
    ? ['HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA']
    : ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==']),
]
