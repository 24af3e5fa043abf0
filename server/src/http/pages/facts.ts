import { displayHost } from './display-host.ts'
import { MESSAGES } from './messages.ts'
import { buildSentence, type Sentence } from './sentence.ts'
import type { ClientView, RedirectView, ResourceView } from './views.ts'

/** Who asks, for what, and where the answer goes: everything here but the client's name was verified by us. */
export interface Facts {
  readonly clientName: string
  readonly verification: { readonly kind: ClientView['verification']['kind']; readonly text: Sentence }
  readonly disguise?: Sentence
  readonly resource: ResourceView
  readonly resourceNote?: Sentence
  readonly sendsBackTo?: Sentence
}

interface FactsSource {
  readonly client: ClientView
  readonly resource: ResourceView
  readonly redirect?: RedirectView
  readonly resourceWasDefaulted?: boolean
}

export function buildFacts({ client, resource, redirect, resourceWasDefaulted }: FactsSource): Facts {
  return {
    clientName: client.name,
    verification: { kind: client.verification.kind, text: buildVerification(client) },
    ...buildDisguise(client),
    resource,
    ...(resourceWasDefaulted === true && {
      resourceNote: buildSentence(MESSAGES.resourceWasDefaulted, { client: client.name }),
    }),
    ...(redirect && { sendsBackTo: buildSendsBackTo(redirect) }),
  }
}

/** A private-use scheme as people see it in an address: with its colon. */
export function schemeOf(redirect: RedirectView): string {
  return redirect.display.endsWith(':') ? redirect.display : `${redirect.display}:`
}

export function buildDisguise({ disguisedName: name }: ClientView): { readonly disguise?: Sentence } {
  return name === undefined ? {} : { disguise: buildSentence(MESSAGES.disguisedName, { name }) }
}

export function buildVerification({ name: client, verification }: ClientView): Sentence {
  switch (verification.kind) {
    case 'verified-domain': {
      const host = displayHost(verification.host)
      if (verification.known === 'site') return buildSentence(MESSAGES.knownSite, { host, client })
      if (verification.known === 'program') return buildSentence(MESSAGES.knownProgram, { host, client })
      return buildSentence(MESSAGES.verifiedDomain, { host })
    }
    case 'pre-registered':
      return buildSentence(MESSAGES.preRegistered, {})
    case 'unverified':
      return buildSentence(MESSAGES.unverified, {})
  }
}

function buildSendsBackTo(redirect: RedirectView): Sentence {
  switch (redirect.kind) {
    case 'web':
      return buildSentence(MESSAGES.sendsBackToWeb, { host: displayHost(redirect.display) })
    case 'loopback':
      return buildSentence(MESSAGES.sendsBackToLoopback, { address: redirect.display })
    case 'private-use':
      return buildSentence(MESSAGES.sendsBackToApp, { scheme: schemeOf(redirect) })
  }
}
