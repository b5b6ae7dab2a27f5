// The kind: a hub that runs for years on a Node that nobody mends, and nobody is told.
import { expect, it } from '@jest/globals'
import { nodeAdvice } from '../../src/start/node-version'

it.each(['v20.12.0', 'v20.20.2', '18.20.4'])('%s is too old', (version) => {
  expect(nodeAdvice(version)).toContain(version)
})

it.each(['v22.0.0', 'v24.22.3', 'v26.12.1', 'v100.1.0'])('%s is not', (version) => {
  expect(nodeAdvice(version)).toBeNull()
})
