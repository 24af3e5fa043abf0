import { buildFacts } from './facts.ts'
import { buildTitle, type Page } from './frame.ts'
import { MESSAGES } from './messages.ts'
import { buildSentence } from './sentence.ts'
import type { SignInView } from './views.ts'

export function buildSignIn(view: SignInView): Page {
  return {
    frame: {
      title: buildTitle(MESSAGES.signInHeading, view.error),
      issuerHost: view.issuerHost,
      footerRequestId: view.correlationId,
    },
    template: 'sign-in',
    content: {
      purpose: buildSentence(MESSAGES.signInPurpose, { client: view.client.name, resource: view.resource.name }),
      facts: buildFacts({ client: view.client, resource: view.resource }),
      action: view.action,
      csrf: view.csrf,
      login: view.login ?? '',
      error: view.error,
    },
  }
}
