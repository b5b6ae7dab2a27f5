import { createServer, type Socket } from 'node:net'

export type CaughtMail = { to: string; text: string }

export type MailCatcher = {
  port: number
  mails: () => CaughtMail[]
  /** Whether it takes mails; while it does not, they stay with the sender. */
  accept: (taking: boolean) => void
  close: () => Promise<void>
}

/** The least of an SMTP server that keeps what it is sent, and that can be made to refuse for a while. */
export async function startMailCatcher(): Promise<MailCatcher> {
  const mails: CaughtMail[] = []
  const open = new Set<Socket>()
  let isTaking = true
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket)).on('error', () => undefined)
    converse(
      socket,
      () => isTaking,
      (mail) => mails.push(mail),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    mails: () => mails,
    accept: (taking) => {
      isTaking = taking
    },
    close: async () => {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function converse(socket: Socket, isTaking: () => boolean, keep: (mail: CaughtMail) => void): void {
  let waiting = ''
  let to = ''
  let data: string[] | null = null
  const reply = (text: string) => void socket.write(`${text}\r\n`)
  const read = (line: string) => {
    if (data !== null) {
      if (line !== '.') return void data.push(line)
      keep({ to, text: readable(data.join('\n')) })
      data = null
      return reply('250 ok')
    }
    if (/^RCPT TO:/i.test(line)) to = /<([^>]*)>/.exec(line)?.[1] ?? ''
    if (/^QUIT$/i.test(line)) return void socket.end('221 bye\r\n')
    if (/^MAIL FROM:/i.test(line) && !isTaking()) return reply('451 not now')
    if (/^DATA$/i.test(line)) data = []
    reply(data === null ? '250 ok' : '354 go on')
  }
  reply('220 attack')
  socket.on('data', (chunk) => {
    const lines = `${waiting}${chunk}`.split('\r\n')
    waiting = lines.pop() ?? ''
    for (const line of lines) read(line)
  })
}

/** Without the soft line ends of quoted-printable, so that a link is in one piece. */
function readable(text: string): string {
  return text
    .replace(/=\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
}
