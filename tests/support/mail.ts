import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mailDirectory } from './run'
import { until } from './until'

/** The token of the newest link that was mailed to this address; waits until the mail is there. */
export async function mailedToken(email: string, page: string, directory = mailDirectory()): Promise<string> {
  const look = () => newestToken(email, page, directory)
  return (await until(`a mail with a ${page} link for ${email}`, look)) as string
}

async function newestToken(email: string, page: string, directory: string): Promise<string | undefined> {
  const names = await readdir(directory).catch(() => [])
  for (const name of names.sort().reverse()) {
    const mail = await readFile(join(directory, name), 'utf8')
    if (!mail.includes(email)) continue
    const token = new RegExp(`${page}#token=([A-Za-z0-9_-]{43})`).exec(mail)?.[1]
    if (token) return token
  }
  return undefined
}
