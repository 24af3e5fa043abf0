import { issuerAddresses } from '../../oauth/find-authorization-server.ts'
import type { Wire } from '../../wire/wire.ts'
import { isHttpUrl } from '../address.ts'
import { aheadOf, judgeClocks } from '../issuer/clocks.ts'
import { judgeKeys, type KeySet, keySetIn } from '../issuer/keys.ts'
import { type IssuerLookup, issuerDocument, judgeIssuerLookups, judgeIssuerName } from '../issuer/lookup.ts'
import { firstIssuer, judgeNamed } from '../issuer/named.ts'
import { judgeOffer } from '../issuer/offer.ts'
import { type Answered, askForDocument } from '../reply.ts'
import type { Step } from '../step.ts'

/** What clients know of the authorization server. */
export interface FoundIssuer {
  /** As the MCP server names it. */
  readonly named: string
  readonly address: string
  readonly metadata: Readonly<Record<string, unknown>>
  /** Undefined when no key set was found. */
  readonly keySet: KeySet | undefined
}

export interface IssuerQuestion {
  readonly url: string
  readonly document: Readonly<Record<string, unknown>>
  /** An answer of the MCP server, for its clock. */
  readonly refusal: Answered
}

/** Where clients sign in, and whether they can. */
export async function findIssuer(
  wire: Wire,
  { url, document, refusal }: IssuerQuestion,
  tell: (step: Step) => void,
): Promise<FoundIssuer | undefined> {
  tell(judgeNamed(url, document))
  const named = firstIssuer(document)
  if (named === undefined) return undefined
  const lookups = await lookFor(wire, named)
  tell(judgeIssuerLookups(named, lookups))
  const found = lookups.find((lookup) => issuerDocument(lookup) !== undefined)
  const metadata = found === undefined ? undefined : issuerDocument(found)
  if (found === undefined || metadata === undefined) return undefined
  tell(judgeIssuerName(named, metadata.issuer))
  for (const step of judgeOffer(url, metadata)) tell(step)
  tell(judgeClocks(aheadOf(refusal), aheadOf(found.reply)))
  return { named, address: found.address, metadata, keySet: await findKeys(wire, metadata, tell) }
}

async function lookFor(wire: Wire, issuer: string): Promise<readonly IssuerLookup[]> {
  const lookups: IssuerLookup[] = []
  for (const address of issuerAddresses(issuer)) {
    const lookup = { address, reply: await askForDocument(wire, address) }
    lookups.push(lookup)
    // Who does not answer for one path answers for none.
    if (issuerDocument(lookup) !== undefined || lookup.reply.kind === 'silent') break
  }
  return lookups
}

async function findKeys(
  wire: Wire,
  { jwks_uri: address }: Readonly<Record<string, unknown>>,
  tell: (step: Step) => void,
): Promise<KeySet | undefined> {
  // Without a key set its tokens are asked about, not verified.
  if (typeof address !== 'string' || !isHttpUrl(address)) return undefined
  const reply = await askForDocument(wire, address)
  tell(judgeKeys(address, reply))
  return keySetIn(reply)
}
