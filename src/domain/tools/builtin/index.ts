export type { BuiltinTool } from './builtin-tool'
export { builtinTools } from './registry'
export { seedTools } from './seed'
