/** Every test but the browser's. ESM throughout; esbuild turns TypeScript into it. */
export default {
  rootDir: '..',
  roots: ['<rootDir>/tests'],
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/tests/e2e/'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleFileExtensions: ['ts', 'tsx', 'js', 'mjs', 'cjs', 'json', 'node'],
  transform: { '^.+\\.tsx?$': '<rootDir>/tests/support/esbuild-transform.js' },
  globalSetup: '<rootDir>/tests/support/setup.js',
  globalTeardown: '<rootDir>/tests/support/teardown.js',
  testTimeout: 120_000,
  // Many tests wait for a lease, a heartbeat or a hub that starts: a third worker uses the two cores meanwhile.
  maxWorkers: 3,
}
