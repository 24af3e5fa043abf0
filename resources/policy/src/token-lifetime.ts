import { TOOL_CLASSES, type ToolClass } from './tool-class.ts'

/** Access token lifetimes of a server, in seconds. */
export interface AccessTokenLifetimes {
  /** For tokens of the classes that a first login asks for. */
  readonly accessTokenSeconds: number
  /** For tokens that carry anything more. */
  readonly accessTokenElevatedSeconds: number
}

/**
 * The lifetime in seconds of an access token that carries scopes of these classes: the shortest that any of them
 * allows, so that adding a scope never lengthens a token. Without any class it is the ordinary lifetime.
 *
 * @param classes the classes of the token's scopes
 * @param lifetimes the server's lifetimes, in seconds
 */
export function accessTokenSeconds(classes: Iterable<ToolClass>, lifetimes: AccessTokenLifetimes): number {
  let seconds = lifetimes.accessTokenSeconds
  for (const toolClass of classes) {
    if (!TOOL_CLASSES[toolClass].initial) seconds = Math.min(seconds, lifetimes.accessTokenElevatedSeconds)
  }
  return seconds
}
