import type { Wire } from '../../wire/wire.ts'
import { judgeBrowser } from '../answers/browser.ts'
import { aheadOf } from '../issuer/clocks.ts'
import { kidsOf } from '../issuer/keys.ts'
import { judgeTokenEndpoint } from '../issuer/token-endpoint.ts'
import type { Step } from '../step.ts'
import { fitsKeys } from '../token/signature.ts'
import { type FoundIssuer, findIssuer } from './find-issuer.ts'
import { type FoundDocument, findMetadata } from './find-metadata.ts'
import { knock } from './knock.ts'
import { lookFromBrowser } from './look-from-browser.ts'
import { useToken } from './use-token.ts'

/** For what a token is needed, as the walk found it out. */
export interface WantedToken {
  readonly resource: string
  /** Metadata of the authorization server; undefined when it was not found. */
  readonly issuer: Readonly<Record<string, unknown>> | undefined
  readonly scopes: readonly string[]
}

export interface Walk {
  readonly url: string
  /** Origin of a page that would be a client, and whether such clients are what the operator asks about. */
  readonly browser: { readonly origin: string; readonly counts: boolean }
  /** Where the token comes from; undefined when there is none. */
  readonly obtainToken: (wanted: WantedToken) => Promise<string | undefined>
  readonly tell: (step: Step) => void
}

/** How far the walk came. */
export type Walked = 'unreachable' | 'ended' | 'without token' | 'to the end'

/** Walks the way of a client, from the URL to the list of tools. @throws BudgetSpentError */
export async function walkAsClient(wire: Wire, { url, browser, obtainToken, tell }: Walk): Promise<Walked> {
  const knocked = await knock(wire, url, tell)
  if (knocked.kind === 'ended') return knocked.unreachable ? 'unreachable' : 'ended'
  const { endpoint, refusal } = knocked
  const found = await findMetadata(wire, { url, endpoint, refusal }, tell)
  const issuer =
    found === undefined ? undefined : await findIssuer(wire, { url, document: found.document, refusal }, tell)
  const seen = await lookFromBrowser(wire, { endpoint, origin: browser.origin, found, issuer })
  if (seen.token !== undefined) tell(judgeTokenEndpoint(String(issuer?.metadata.token_endpoint), seen.token))
  tell(judgeBrowser(seen, browser.counts))
  const wanted = wantedToken(url, found, issuer)
  const token = await obtainToken(wanted)
  if (token === undefined) return 'without token'
  const kids = issuer?.keySet === undefined ? [] : kidsOf(issuer.keySet)
  const expectation = {
    resources: typeof found?.document.resource === 'string' ? [...new Set([wanted.resource, url])] : [],
    issuers: [issuer?.metadata.issuer, issuer?.named].filter((each) => typeof each === 'string'),
    kids: kids.length === 0 ? undefined : kids,
    fits: await fitsKeys(token, issuer?.keySet),
    now: Date.now() / 1_000,
    serverAhead: aheadOf(refusal) ?? 0,
  }
  await useToken(wire, { endpoint, token, expectation, refusal }, tell)
  return 'to the end'
}

function wantedToken(url: string, found: FoundDocument | undefined, issuer: FoundIssuer | undefined): WantedToken {
  const { resource, scopes_supported: scopes } = found?.document ?? {}
  return {
    resource: typeof resource === 'string' ? resource : url,
    issuer: issuer?.metadata,
    scopes: Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : [],
  }
}
