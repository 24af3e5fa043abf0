import { decodeProtectedHeader } from 'jose'
import { type AdapterPayload, type KoaContextWithOIDC, Provider } from 'oidc-provider'
import { currentUnit, type Unit } from '../../store/unit-of-work.ts'
import type { DocumentClient, DocumentClients } from '../client-documents/index.ts'
import { CLIENT_PROPERTIES } from '../client-properties.ts'

type Context = Partial<Pick<KoaContextWithOIDC, 'oidc'>>

/** Finds clients that are known by their documents. Which version counts depends on what the request wants. */
export function documentFinder(clients: DocumentClients): (url: string) => Promise<AdapterPayload | undefined> {
  // The engine asks once more for the client while it words a refusal: one request causes one look, and one answer.
  const asked = new WeakMap<Unit, Map<string, Promise<DocumentClient | undefined>>>()
  return async (url) => {
    const unit = currentUnit()
    const answers = asked.get(unit) ?? new Map<string, Promise<DocumentClient | undefined>>()
    asked.set(unit, answers)
    const answer = answers.get(url) ?? findVersion(clients, url, Provider.ctx ?? {})
    answers.set(url, answer)
    const client = await answer
    return client && forEngine(client)
  }
}

async function findVersion(clients: DocumentClients, url: string, ctx: Context): Promise<DocumentClient | undefined> {
  const unit = currentUnit()
  const { callerSource: source } = unit
  switch (ctx.oidc?.route) {
    case 'authorization': {
      const client = await clients.forAuthorization(url, source)
      // What the person sees and agrees to, and what is issued in the end, belongs to this version.
      unit.facts = { ...unit.facts, clientDigest: client.version.digest }
      return client
    }
    case 'pushed_authorization_request': {
      // A new authorization, by a client that may have to prove itself with a key of today.
      await clients.forAuthorization(url, source)
      return clients.forToken(url, { ...presentedIn(ctx.oidc.params ?? {}), source })
    }
    case 'resume':
      return clients.ofVersion(url, unit.facts.clientDigest)
    case 'token':
    case 'revocation':
      return clients.forToken(url, { ...presentedIn(ctx.oidc.params ?? {}), source })
    default:
      return clients.known(url)
  }
}

/** What of a request says which grant it belongs to, before anything of it was looked up, and which key signed it. */
function presentedIn(params: Readonly<Record<string, unknown>>): { value?: string; kid?: string } {
  const { code, refresh_token: refreshToken, token, client_assertion: assertion } = params
  const value = [refreshToken, code, token].find((candidate) => typeof candidate === 'string')
  const kid = typeof assertion === 'string' ? keyIdOf(assertion) : undefined
  return { ...(typeof value === 'string' ? { value } : {}), ...(kid === undefined ? {} : { kid }) }
}

function keyIdOf(assertion: string): string | undefined {
  try {
    const { kid } = decodeProtectedHeader(assertion)
    return typeof kid === 'string' ? kid : undefined
  } catch {
    // Whoever judges the assertion says what is wrong with it.
    return undefined
  }
}

function forEngine({ metadata, trusted }: DocumentClient): AdapterPayload {
  return {
    ...metadata,
    [CLIENT_PROPERTIES.source]: 'document',
    ...(trusted ? { [CLIENT_PROPERTIES.trustedDocument]: true } : {}),
  }
}
