import base from '../jest.config.js'

// A worker for each core, each with a hub of its own: files that change settings or count statements do not meet.
const WORKERS = 2
process.env.HUB_TEST_HUBS = String(WORKERS)

/** The panel in a real browser, built and served. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/tests/e2e/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  setupFiles: ['<rootDir>/tests/support/hub-of-worker.js'],
  maxWorkers: WORKERS,
  testTimeout: 300_000,
}
