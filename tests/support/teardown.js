import { tsImport } from 'tsx/esm/api'

/** Jest loads this file natively, so it hands over to TypeScript itself. */
export default async function teardown() {
  const module = await tsImport('./global-teardown.ts', import.meta.url)
  await module.default()
}
