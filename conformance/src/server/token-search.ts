import { setTimeout as sleep } from 'node:timers/promises'
import type { HostileIssuer } from '../issuer/hostile-issuer.ts'
import { detectRevision } from '../mcp/detect.ts'
import { createSpeaker } from '../mcp/http-speaker.ts'
import { isAccepted, readRpc } from '../mcp/json-rpc.ts'
import type { Revision } from '../mcp/revision.ts'
import type { McpSpeaker } from '../mcp/speaker.ts'
import { headerOf, type WireAnswer } from '../wire/message.ts'
import type { Wire } from '../wire/wire.ts'
import { bearerParameters, scopesIn } from './challenge.ts'
import type { RealTokens } from './real-tokens.ts'
import { type ListedTool, readTools } from './tool-list.ts'

/** A server may ask for one scope after the other; more rounds than this are a loop. */
const SCOPE_ROUNDS = 3
/** A server that began before its issuer has no keys at once. */
const OUTAGE_ROUNDS = 4
const OUTAGE_PAUSE_MS = 1_000

export interface TokenSearch {
  readonly url: string
  readonly issuer: HostileIssuer | undefined
  readonly token: string | undefined
  readonly tokens?: RealTokens | undefined
  readonly spec: Revision | undefined
  readonly audiences: readonly [string, ...string[]]
  readonly scopes: readonly string[]
}

/** What came of looking for a token that the server accepts. */
export interface Trial {
  readonly token: string | undefined
  readonly why: string | undefined
  /** How the server is spoken to; undefined when no token was accepted. */
  readonly mcp: McpSpeaker | undefined
  readonly audience: string
  readonly scopes: readonly string[]
  /** Scopes that the issuer said it gave to the token. */
  readonly grantedScopes?: readonly string[]
  readonly tools: readonly ListedTool[]
}

/**
 * Looks for a token that a sound server accepts: the given one, or minted for each identifier that it may have, with
 * every scope that it asks for on the way.
 * @throws Unanswered
 */
export async function findAcceptedToken(wire: Wire, search: TokenSearch): Promise<Trial> {
  const { issuer, token, tokens, audiences, scopes } = search
  const none = { token: undefined, mcp: undefined, audience: audiences[0], scopes, tools: [] }
  if (token !== undefined) return tryGiven(wire, search, token)
  if (tokens !== undefined) return tryIssued(wire, search, audiences[0], realSource(tokens))
  if (issuer === undefined) {
    return {
      ...none,
      why: 'No token to compare with: sign in by --login, name a token by --token-env, or let the server trust the examiner by --start or --issuer-port.',
    }
  }
  let why: string | undefined
  for (const audience of audiences) {
    const trial = await tryIssued(wire, search, audience, mintedSource(issuer, audience))
    if (trial.token !== undefined) return trial
    why ??= trial.why
  }
  return { ...none, why }
}

async function tryGiven(wire: Wire, search: TokenSearch, token: string): Promise<Trial> {
  const { audiences, scopes } = search
  const tried = await tryToken(wire, search, token)
  const rest = { audience: audiences[0], scopes }
  if (tried.kind === 'accepted') return { ...rest, token, why: undefined, mcp: tried.mcp, tools: tried.tools }
  const why = `The given token was not accepted: ${inWords(tried.answer)}.`
  return { ...rest, token: undefined, why, mcp: undefined, tools: [] }
}

/** A token with scopes as far as its issuer gives them, or why there is none. */
type Issue = (
  scopes: readonly string[],
) => Promise<
  { readonly token: string; readonly granted?: readonly string[]; readonly name: string } | { readonly why: string }
>

function mintedSource(issuer: HostileIssuer, audience: string): Issue {
  return async (scopes) => {
    const scope = scopes.length === 0 ? undefined : scopes.join(' ')
    const token = await issuer.mint(audience, { claims: { scope } })
    return { token, name: `A sound token of ${issuer.issuer} for ${audience}` }
  }
}

function realSource(tokens: RealTokens): Issue {
  return async (scopes) => {
    const got = await tokens.get({ kind: 'scopes', scopes })
    if (got.kind === 'none') return { why: `No token to compare with: ${got.why}.` }
    return { token: got.token, granted: got.scopes, name: 'The token of the sign-in' }
  }
}

async function tryIssued(wire: Wire, search: TokenSearch, audience: string, issue: Issue): Promise<Trial> {
  let scopes = search.scopes
  let outages = 0
  const without = (why: string): Trial => ({ token: undefined, why, mcp: undefined, audience, scopes, tools: [] })
  for (let round = 1; ; round += 1) {
    const issued = await issue(scopes)
    if ('why' in issued) return without(issued.why)
    const { token, granted, name } = issued
    const tried = await tryToken(wire, search, token)
    if (tried.kind === 'accepted') {
      const grantedScopes = granted === undefined ? {} : { grantedScopes: granted }
      return { token, why: undefined, mcp: tried.mcp, audience, scopes, tools: tried.tools, ...grantedScopes }
    }
    const asked = scopesAsked(tried.answer).filter((each) => !scopes.includes(each))
    const isOutage = tried.answer.status >= 500 && ++outages < OUTAGE_ROUNDS
    if (isOutage) await sleep(OUTAGE_PAUSE_MS)
    if (!isOutage && (asked.length === 0 || round - outages > SCOPE_ROUNDS)) {
      return without(`${name} was not accepted: ${inWords(tried.answer)}.`)
    }
    scopes = [...scopes, ...asked]
  }
}

type Tried =
  | { readonly kind: 'accepted'; readonly mcp: McpSpeaker; readonly tools: readonly ListedTool[] }
  | { readonly kind: 'not accepted'; readonly answer: WireAnswer }

async function tryToken(wire: Wire, { url, spec }: TokenSearch, token: string): Promise<Tried> {
  const detected = spec === undefined ? await detectRevision(wire, url, token) : undefined
  if (detected !== undefined && detected.kind !== 'speaks') return { kind: 'not accepted', answer: detected.answer }
  const revision = detected?.revision ?? spec
  if (revision === undefined) throw new Error('a revision was neither named nor detected')
  const mcp = createSpeaker(url, revision)
  const answer = await mcp.call(wire, { method: 'tools/list', token })
  if (!isAccepted(answer)) return { kind: 'not accepted', answer }
  const rpc = readRpc(answer)
  return { kind: 'accepted', mcp, tools: rpc?.kind === 'result' ? readTools(rpc.result) : [] }
}

function scopesAsked(answer: WireAnswer): readonly string[] {
  return answer.status === 401 || answer.status === 403 ? scopesIn(bearerParameters(answer)?.get('scope')) : []
}

function inWords(answer: WireAnswer): string {
  const challenge = headerOf(answer, 'www-authenticate')
  const rpc = readRpc(answer)
  if (challenge !== undefined) return `${answer.status}, ${challenge}`
  if (rpc?.kind === 'error') return `${answer.status}, error ${rpc.code}: ${rpc.message}`
  return `${answer.status} without a JSON-RPC result`
}
