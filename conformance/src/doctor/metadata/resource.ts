import { isNarrower, lostTls } from '../address.ts'
import { type DifferenceKind, differenceOf } from '../difference.ts'
import { PROXY_ADVICE } from '../proxy-advice.ts'
import { ok, type Step, stop } from '../step.ts'

const WHO = 'VS Code, Gemini CLI and Claude compare the two as text, the SDKs nearly so, and give up without a word'

/**
 * Compares what the metadata says it is about with the URL that was typed, as clients do.
 * @see https://www.rfc-editor.org/rfc/rfc9728#section-3.3
 */
export function judgeResource(url: string, resource: unknown): Step {
  if (typeof resource !== 'string' || !URL.canParse(resource)) {
    const saw = `\`resource\` of the metadata is ${resource === undefined ? 'missing' : `no URL: ${String(resource)}`}.`
    return stop('resource', { ailment: 'resource-missing', saw, change: `Set it to ${url}.` })
  }
  const { kind, words } = differenceOf(resource, url)
  if (kind === 'none') return ok('resource', `The metadata is about ${resource}, the URL that was typed.`)
  // An empty path and a slash are the same request, and a host has no capitals.
  if (new URL(resource).href === new URL(url).href) {
    return ok('resource', `The metadata is about ${resource}, which is ${url} in another spelling.`)
  }
  const saw = `\`resource\` of the metadata differs from the URL: ${words}. ${WHO}.`
  return stop('resource', { ailment: ailmentOf(kind, resource, url), saw, change: changeOf(kind, resource, url) })
}

function ailmentOf(kind: DifferenceKind, resource: string, url: string): string {
  if (lostTls(resource, url)) return 'forwarded-proto'
  if (kind === 'prefix') return 'prefix-stripped'
  if (kind === 'other' && isNarrower(resource, url)) return 'internal-address'
  return `resource-${kind}`
}

function changeOf(kind: DifferenceKind, resource: string, url: string): string {
  if (lostTls(resource, url) || isNarrower(resource, url)) return PROXY_ADVICE
  if (kind === 'prefix') {
    return `A proxy takes the beginning of the path off and the server does not know: configure ${url} as its public URL.`
  }
  if (kind === 'slash') {
    return `Decide on one spelling: set \`resource\` to ${url}, or give ${resource} to clients. Keep it as text: URL objects add slashes.`
  }
  if (kind === 'child') return `Give ${resource} to clients: that is what the server is called.`
  return `Set \`resource\` (and the audience of tokens) to ${url}, or give ${resource} to clients if that is its public URL.`
}
