import { tsImport } from 'tsx/esm/api'

/** Jest loads this file natively, so it hands over to TypeScript itself. */
export default async function setup() {
  const module = await tsImport('./global-setup.ts', import.meta.url)
  await module.default()
}
