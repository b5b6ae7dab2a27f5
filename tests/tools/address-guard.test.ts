import type { LookupFunction } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { request } from 'undici'
import { callTool } from '../../src/domain/tools/call-tool'
import {
  addressPolicy,
  checkEndpoint,
  isPublicAddress,
  mayBeFetched,
  mayConnect,
} from '../../src/platform/outbound/address-guard'
import { AddressRefused, makeAgent } from '../../src/platform/outbound/agent'
import { aTool, startUpstream, type Upstream, useSettings } from './fixture'

const production = addressPolicy({ production: true, toolAllowedHosts: [] })
const development = addressPolicy({ production: false, toolAllowedHosts: [] })

describe('which addresses are public', () => {
  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.0.1',
    '100.63.255.255',
    '2606:4700:4700::1111',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
  ])('%s is', (address) => expect(isPublicAddress(address)).toBe(true))
  test.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.100.100.200',
    '100.127.255.255',
    '127.0.0.1',
    '127.8.8.8',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.0.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '::ffff:100.64.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::808:808',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2002:808:808::1',
    '3fff::1',
    '4000::1',
    '5f00::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '',
    'localhost',
    '127.1',
    '2130706433',
    '0x7f.0.0.1',
    '0177.0.0.1',
  ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false))
})

describe('what an admin may enter', () => {
  test.each(['https://example.com/v1', 'https://8.8.8.8/', 'https://[2606:4700:4700::1111]/'])(
    '%s in production',
    (url) => expect(checkEndpoint(url, production)).toBeNull(),
  )
  test.each([
    'http://example.com/',
    'https://localhost/',
    'https://hub.localhost./',
    'https://metadata.google.internal/',
    'https://postgres/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://169.254.169.254/latest',
    'https://100.64.0.1/',
    'https://user:password@example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'example.com',
    '',
    'https://',
  ])('not %s in production', (url) => expect(checkEndpoint(url, production)).toEqual(expect.any(String)))

  test('a host:port of TOOL_ALLOWED_HOSTS, and that port alone', () => {
    const policy = addressPolicy({
      production: true,
      toolAllowedHosts: ['Ollama:11434', '[::1]:8080', 'models.lan:80'],
    })
    expect(checkEndpoint('http://ollama:11434/api', policy)).toBeNull()
    expect(checkEndpoint('http://[::1]:8080/', policy)).toBeNull()
    expect(checkEndpoint('http://models.lan/', policy)).toBeNull()
    expect(checkEndpoint('http://ollama:11435/api', policy)).toEqual(expect.any(String))
  })

  test('in development this machine and its network, and still no metadata service', () => {
    for (const url of [
      'http://localhost:3000/',
      'http://127.0.0.1:1/',
      'http://192.168.1.2/',
      'http://[::1]/',
    ]) {
      expect(checkEndpoint(url, development)).toBeNull()
    }
    expect(checkEndpoint('http://169.254.169.254/', development)).toEqual(expect.any(String))
    expect(mayConnect('0.0.0.0', development)).toBe(false)
  })
})

describe('what is really connected to', () => {
  let upstream: Upstream
  beforeAll(async () => {
    upstream = await startUpstream()
  })
  afterAll(() => upstream.stop())

  const connect = async (host: string, policy = production, resolve?: LookupFunction) => {
    const agent = makeAgent(policy, resolve)
    try {
      const { body, statusCode } = await request(`http://${host}:${upstream.port}/`, { dispatcher: agent })
      await body.dump()
      return statusCode
    } catch (error) {
      return error instanceof AddressRefused ? 'refused' : error
    } finally {
      await agent.close()
    }
  }
  const answering =
    (...answers: string[][]): LookupFunction =>
    (_name, _options, callback) =>
      callback(
        null,
        (answers.shift() ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )

  test.each(['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '127.1', '2130706433'])(
    'literal %s is refused',
    async (host) => {
      expect(await connect(host)).toBe('refused')
    },
  )

  test('a name is refused by the address behind it', async () => {
    expect(await connect('example.com', production, answering(['127.0.0.1']))).toBe('refused')
    expect(await connect('example.com', production, answering(['::1', '169.254.169.254']))).toBe('refused')
    expect(await connect('example.com', production, answering([]))).toBe('refused')
  })

  test('a name is looked up once, so its second answer is never connected to', async () => {
    let lookups = 0
    const rebinding: LookupFunction = (_name, _options, callback) => {
      lookups += 1
      callback(null, [{ address: lookups === 1 ? '10.255.255.1' : '127.0.0.1', family: 4 }])
    }
    expect(await connect('example.com', production, rebinding)).toBe('refused')
    expect(lookups).toBe(1)
  })

  test('in development, and where it is allowed, local addresses are reached', async () => {
    expect(await connect('127.0.0.1', development)).toBe(200)
    expect(await connect('example.com', development, answering(['169.254.169.254', '127.0.0.1']))).toBe(200)
    const allowed = addressPolicy({ production: true, toolAllowedHosts: [`127.0.0.1:${upstream.port}`] })
    expect(await connect('127.0.0.1', allowed)).toBe(200)
  })

  test('a tool that was saved in development is not called in production', async () => {
    useSettings({ production: true })
    upstream.answer((response) => response.end('{}'))
    const answer = await callTool(aTool({ endpoint: upstream.url }), {}, { callerId: 'u', requestId: 'r' })
    expect(answer).toMatchObject({ ok: false, code: 'TOOL_UNAVAILABLE', health: 'unknown' })
    expect(upstream.seen).toHaveLength(0)
  })
})

/** What a caller names is fetched by another's server: the list of what tools may call opens nothing to it. */
describe('an address that a model’s server may be told to fetch', () => {
  const allowing = { production: true, toolAllowedHosts: ['127.0.0.1:8000', 'vllm:8000'] }
  test.each([
    ['https://example.org/a.png', true, true],
    ['http://example.org/a.png', true, true],
    ['data:image/png;base64,AAAA', true, true],
    ['no address', true, true],
    ['file:///etc/passwd', false, false],
    ['ftp://example.org/a.png', false, false],
    ['gs://bucket/a.png', false, false],
    ['FTP://example.org/a.png', false, false],
    ['http://169.254.169.254/latest', false, false],
    ['http://0xa9fea9fe/', false, false],
    ['http://[::ffff:169.254.169.254]/', false, false],
    ['http://127.0.0.1:8000/', true, false],
    ['http://vllm:8000/', true, false],
    ['http://localhost./', true, false],
    ['http://metadata.google.internal/', true, false],
  ])('%s', (address, inDevelopment, inProduction) => {
    expect(mayBeFetched(address, addressPolicy({ production: false, toolAllowedHosts: [] }))).toBe(
      inDevelopment,
    )
    expect(mayBeFetched(address, addressPolicy(allowing))).toBe(inProduction)
  })
})
