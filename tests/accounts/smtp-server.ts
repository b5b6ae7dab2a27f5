import { createServer, type Server } from 'node:net'

/** The least of an SMTP server: it takes one mail and remembers every line. */
export async function smtpServer(): Promise<{ port: number; received: () => string; close: () => void }> {
  let received = ''
  const server: Server = createServer((socket) => {
    let inData = false
    socket.write('220 test\r\n')
    socket.on('data', (chunk) => {
      received += chunk
      for (const line of String(chunk).split('\r\n').filter(Boolean)) {
        if (inData && line !== '.') continue
        inData = line === 'DATA'
        if (line === 'QUIT') socket.end('221 bye\r\n')
        else socket.write(inData ? '354 go on\r\n' : '250 ok\r\n')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    received: () => received.replaceAll('\r', ''),
    close: () => server.close(),
  }
}
