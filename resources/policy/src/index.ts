export {
  type CanonicalResourceUri,
  canonicalResourceUri,
  isLoopbackHost,
  MAX_RESOURCE_URI_LENGTH,
} from './resource-uri.ts'
export { expandScopes, grantableScopes, initialScopes, missingScopes } from './scope-hierarchy.ts'
export { MAX_SCOPE_LENGTH } from './scope-syntax.ts'
export { type AccessTokenLifetimes, accessTokenSeconds } from './token-lifetime.ts'
export {
  type Duration,
  shorterDuration,
  TOOL_CLASSES,
  type ToolClass,
  type ToolClassRules,
  UNLISTED_TOOL,
} from './tool-class.ts'
export type { Problem, ScopeDefinition, ToolDefinition, ToolsFile } from './tools-file.ts'
export { type ParsedToolsFile, parseToolsFile } from './tools-file-parser.ts'
