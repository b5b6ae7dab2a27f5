import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface RepeatingProxy {
  url: string
  /** What was sent to each path that was asked, and how often its answers said it back. */
  seen: { path: string; headers: string; repeated: () => number }[]
  close: () => Promise<void>
}

/** Words of the tests' servers: what stands there is what a caller, or a log, would be shown of an answer. */
const PLACES =
  /The (?=quick|")|says the provider|Overloaded|overloaded(?=")|hello|it broke|(?<=")(done|no)(?=")|Says it as text\./g

/**
 * A server that says back whatever headers it was sent, as some do: in its own headers, and in place of some words of
 * the answers of the servers behind it. `/<name>/…` goes to the server of that name.
 */
export async function startRepeatingProxy(servers: Record<string, string>): Promise<RepeatingProxy> {
  const seen: RepeatingProxy['seen'] = []
  const proxy = createServer((asked, answer) => {
    const path = asked.url ?? ''
    const headers = JSON.stringify(asked.headers)
    let repeated = 0
    seen.push({ path, headers, repeated: () => repeated })
    const repeat = (text: string) =>
      text.replace(PLACES, () => {
        repeated += 1
        return JSON.stringify(`${headers} `).slice(1, -1)
      })
    pass(asked, answer, behind(path, servers), repeat)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    seen,
    close: async () => {
      proxy.closeAllConnections()
      await new Promise((resolve) => proxy.close(resolve))
    },
  }
}

function behind(path: string, servers: Record<string, string>): string {
  const [, name = '', ...rest] = path.split('/')
  return `${servers[name]}/${rest.join('/')}`
}

/** Passes a request on; each piece of the answer comes as it came, with the words replaced. */
function pass(
  asked: IncomingMessage,
  answer: ServerResponse,
  address: string,
  repeat: (text: string) => string,
): void {
  const { host: _host, ...headers } = asked.headers
  const sent = request(address, { method: asked.method ?? 'POST', headers }, (found) => {
    const { 'content-length': _length, ...own } = found.headers
    const repeated = Object.entries(headers).map(([name, value]) => [`x-repeated-${name}`, String(value)])
    answer.writeHead(found.statusCode ?? 502, { ...own, ...Object.fromEntries(repeated) })
    found.setEncoding('utf8')
    found.on('data', (text: string) => answer.write(repeat(text)))
    found.on('end', () => answer.end())
    found.on('error', () => answer.destroy())
  })
  sent.on('error', () => answer.destroy())
  answer.on('close', () => sent.destroy())
  asked.pipe(sent)
}
