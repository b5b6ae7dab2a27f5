type Answer = { status: number; data: Json; error: { code: string; message: string } | null }
type Json = Record<string, unknown> & { [index: number]: Json }

/** A user of a running hub over HTTP, who prints each step and its response. */
export class Visitor {
  private credential: string | null = null

  constructor(private readonly url: string) {}

  /** Signs in all following steps with this access token or API key. */
  signInWith(credential: string): void {
    this.credential = credential
  }

  say(line: string): void {
    process.stdout.write(`\n${line}\n`)
  }

  /** Makes one request and prints it. Throws if its status is not an expected one. */
  async step(
    title: string,
    method: string,
    path: string,
    expected: number | number[],
    body?: object,
  ): Promise<Answer> {
    const response = await this.send(method, path, body)
    const text = await response.text()
    const answer = text
      ? (JSON.parse(text) as { data: Json; error: Answer['error'] })
      : { data: {}, error: null }
    process.stdout.write(
      `\n${title}\n  ${method} ${path} → ${response.status}\n  ${brief(answer.error ?? answer.data)}\n`,
    )
    if (![expected].flat().includes(response.status)) {
      throw new Error(
        `${title}: ${expected} was expected, the hub answered ${response.status} ${answer.error?.code ?? ''}`,
      )
    }
    return { status: response.status, data: answer.data ?? {}, error: answer.error }
  }

  private async send(method: string, path: string, body?: object): Promise<Response> {
    const headers: Record<string, string> = { 'content-type': 'application/json' }
    if (this.credential) headers.authorization = `Bearer ${this.credential}`
    try {
      return await fetch(`${this.url}/api/v1${path}`, {
        method,
        headers,
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
    } catch (cause) {
      throw new Error(`There is no hub at ${this.url}. Start one with npm start, or set HUB_URL.`, { cause })
    }
  }
}

const SECRETS = new Set(['access_token', 'refresh_token', 'key'])

/** A response on one line, without its secrets. */
function brief(value: unknown): string {
  const text =
    JSON.stringify(value, (key, inner) => (SECRETS.has(key) ? `${String(inner).slice(0, 10)}…` : inner)) ?? ''
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
