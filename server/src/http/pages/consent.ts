import { buildChanges, type Changes } from './changes.ts'
import { displayHost } from './display-host.ts'
import { buildFacts, type Facts, schemeOf } from './facts.ts'
import { buildTitle, type Page } from './frame.ts'
import { MESSAGES } from './messages.ts'
import { buildPermission, type Permission } from './permission.ts'
import { buildSentence, plainText, type Sentence } from './sentence.ts'
import type { ConsentView, RedirectView } from './views.ts'

interface ConsentContent {
  readonly action: string
  readonly csrf: string
  readonly heading: Sentence
  readonly facts: Facts
  readonly changes: Changes | undefined
  readonly warning?: { readonly heading: Sentence; readonly text: Sentence }
  readonly error: string | undefined
  /** Above the boxes. */
  readonly legend: string
  readonly newPermissions: readonly Permission[]
  readonly alreadyAllowed: readonly Permission[]
  readonly durations: ConsentView['durations']
  readonly nothingNew: string
  readonly allowLabel: string
  readonly details: { readonly clientId: string; readonly redirectUri: string; readonly scopes: string }
  readonly correlationId: string
}

/**
 * The consent page; without new permissions the same form as a one-click page, without boxes and durations.
 *
 * @param elevationSessionSeconds how long `session` lasts, in seconds.
 */
export function buildConsent(view: ConsentView, elevationSessionSeconds: number): Page {
  const asksForNew = view.newPermissions.length > 0
  // What an app could do already is a different question from whether it may do anything at all.
  const isStepUp = asksForNew && view.alreadyAllowed.length > 0
  const question = isStepUp ? MESSAGES.stepUpHeading : MESSAGES.consentHeading
  const heading = buildSentence(question, { client: view.client.name, resource: view.resource.name })
  const durations = asksForNew ? view.durations : []
  const warning = buildStartedWarning(view.redirect, view.client.name) ?? buildElsewhereWarning(view)
  const content: ConsentContent = {
    action: view.action,
    csrf: view.csrf,
    heading,
    facts: buildFacts(view),
    changes: buildChanges(view),
    ...(warning && { warning }),
    error: view.error,
    legend: isStepUp ? MESSAGES.newPermissions : MESSAGES.permissions,
    newPermissions: view.newPermissions.map((each) => buildPermission(each, durations, elevationSessionSeconds)),
    alreadyAllowed: view.alreadyAllowed.map((each) => buildPermission(each, [], elevationSessionSeconds)),
    durations,
    nothingNew: view.alreadyAllowed.length > 0 ? MESSAGES.nothingNew : MESSAGES.noPermissions,
    allowLabel: asksForNew ? MESSAGES.allowSelected : MESSAGES.continue,
    details: {
      clientId: view.client.clientId,
      redirectUri: view.redirect.uri,
      scopes: [...view.newPermissions, ...view.alreadyAllowed].map((each) => each.scope).join(' ') || MESSAGES.noScopes,
    },
    correlationId: view.correlationId,
  }
  return {
    frame: {
      title: buildTitle(plainText(heading), view.error),
      issuerHost: view.issuerHost,
      signedInAs: buildSentence(MESSAGES.signedInAs, { login: view.login }),
      switchAccount: { action: view.action, csrf: view.csrf },
    },
    template: 'consent',
    content,
  }
}

/**
 * A document may name addresses on any site: whoever answers there gets the code, whatever host the document came from.
 * @see draft-ietf-oauth-client-id-metadata-document §8.1
 */
function buildElsewhereWarning({ client, redirect }: ConsentView): ConsentContent['warning'] {
  const { verification, name } = client
  if (verification.kind !== 'verified-domain' || redirect.display === verification.host) return undefined
  return {
    heading: buildSentence(MESSAGES.elsewhereHeading, {
      host: displayHost(redirect.display),
      domain: displayHost(verification.host),
    }),
    text: buildSentence(MESSAGES.elsewhere, { client: name }),
  }
}

/**
 * Loopback addresses and private-use schemes prove nothing about the program behind them: a verified document can be
 * named by any of them, so the person is the only check left.
 * @see RFC 8252 §8.6
 */
function buildStartedWarning(redirect: RedirectView, clientName: string): ConsentContent['warning'] {
  const heading = buildSentence(MESSAGES.startedHeading, { client: clientName })
  switch (redirect.kind) {
    case 'web':
      return undefined
    case 'loopback':
      return { heading, text: buildSentence(MESSAGES.startedLoopback, {}) }
    case 'private-use':
      return { heading, text: buildSentence(MESSAGES.startedApp, { scheme: schemeOf(redirect) }) }
  }
}
