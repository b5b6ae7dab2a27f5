import { request } from 'node:http'
import type { OwnHub, Reply } from '../../tests/support/own-hub'
import { newAddress } from './people'

/**
 * A request with exactly these headers, as a browser would send them: `fetch` adds a `Sec-Fetch-Mode` of its own. A body
 * is text of the given media type.
 */
export function asBrowser(
  { hub }: OwnHub,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<Reply> {
  const all = {
    'x-forwarded-for': newAddress(),
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...headers,
  }
  return new Promise((resolve, reject) => {
    const asking = request(`${hub.url}${path}`, { method, headers: all }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).once('error', reject)
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({
          status: response.statusCode ?? 0,
          headers: headersOf(response.rawHeaders),
          text,
          body: parsed(text),
        })
      })
    })
    asking.once('error', reject)
    asking.end(body)
  })
}

function headersOf(raw: readonly string[]): Headers {
  const headers = new Headers()
  for (let at = 0; at + 1 < raw.length; at += 2) headers.append(raw[at] as string, raw[at + 1] as string)
  return headers
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
