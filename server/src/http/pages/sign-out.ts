import type { Page } from './frame.ts'
import { MESSAGES } from './messages.ts'
import { buildSentence } from './sentence.ts'
import type { SignedOutView, SignOutView } from './views.ts'

export function buildSignOut(view: SignOutView): Page {
  return {
    frame: {
      title: MESSAGES.signOutHeading,
      issuerHost: view.issuerHost,
      signedInAs: buildSentence(MESSAGES.signedInAs, { login: view.login }),
      footerRequestId: view.correlationId,
    },
    template: 'sign-out',
    content: {
      action: view.action,
      csrf: view.csrf,
      advice: buildSentence(MESSAGES.signOutAdvice, { login: view.login }),
    },
  }
}

export function buildSignedOut(view: SignedOutView): Page {
  return {
    frame: {
      title: MESSAGES.signedOutHeading,
      issuerHost: view.issuerHost,
      footerRequestId: view.correlationId,
    },
    template: 'signed-out',
    content: {},
  }
}
