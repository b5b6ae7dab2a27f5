import { connect, type Socket } from 'node:net'

const HEAD_END = Buffer.from('\r\n\r\n')
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n')

/**
 * One keep-alive connection that sends prepared requests in turn and waits for each answer. It reads no more of HTTP
 * than where an answer ends, so that the load generator takes little of the machine that it measures.
 */
export class Caller {
  private readonly requests: Buffer[]
  private sent = 0
  private socket: Socket | null = null
  private received: Buffer | null = null
  private answer: { resolve: (status: number) => void; reject: (error: Error) => void } | null = null

  constructor(
    private readonly host: string,
    private readonly port: number,
    requests: string[],
  ) {
    this.requests = requests.map((request) => Buffer.from(request))
  }

  /** Opens the connection. */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: this.host, port: this.port, noDelay: true })
      this.socket = socket
      socket.once('connect', () => resolve())
      socket.on('data', (data) => this.read(data))
      socket.on('error', (error) => {
        reject(error)
        this.fail(error)
      })
      socket.on('close', () => {
        this.socket = null
        this.fail(new Error('connection closed'))
      })
    })
  }

  /** The status of one request. Rejects when the connection breaks. */
  send(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.answer = { resolve, reject }
      const request = this.requests[this.sent % this.requests.length] as Buffer
      this.sent += 1
      this.socket?.write(request) ?? this.fail(new Error('not connected'))
    })
  }

  get isOpen(): boolean {
    return this.socket !== null
  }

  close(): void {
    this.socket?.destroy()
  }

  private read(data: Buffer): void {
    const bytes = this.received ? Buffer.concat([this.received, data]) : data
    if (!isWhole(bytes)) {
      this.received = bytes
      return
    }
    this.received = null
    const answer = this.answer
    this.answer = null
    answer?.resolve(Number(bytes.toString('latin1', 9, 12)))
  }

  private fail(error: Error): void {
    const answer = this.answer
    this.answer = null
    answer?.reject(error)
  }
}

function isWhole(bytes: Buffer): boolean {
  const end = bytes.indexOf(HEAD_END)
  if (end < 0) return false
  const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.toString('latin1', 0, end))
  if (length) return bytes.length >= end + HEAD_END.length + Number(length[1])
  return bytes.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)
}
