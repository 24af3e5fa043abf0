import { buildFacts } from './facts.ts'
import { buildTitle, type Page } from './frame.ts'
import { MESSAGES } from './messages.ts'
import { buildPasskeySignIn } from './passkey.ts'
import { buildSentence } from './sentence.ts'
import type { PasskeyOnlyView, SignInView } from './views.ts'

export function buildSignIn(view: SignInView): Page {
  const { action, csrf, passkey, passkeyOnly } = view
  const names = { client: view.client.name, resource: view.resource.name }
  const heading = passkeyOnly === undefined ? MESSAGES.signInHeading : MESSAGES.passkeySignIn
  return {
    frame: {
      title: buildTitle(heading, view.error),
      issuerHost: view.issuerHost,
      hasScript: passkey !== undefined,
      footerRequestId: view.correlationId,
    },
    template: 'sign-in',
    content: {
      heading,
      purpose: buildSentence(passkeyOnly === undefined ? MESSAGES.signInPurpose : MESSAGES.passkeyPurpose, names),
      facts: buildFacts({ client: view.client, resource: view.resource }),
      action,
      csrf,
      login: view.login ?? '',
      error: view.error,
      passkey: passkey && buildPasskeySignIn({ action, csrf, passkey, isMain: passkeyOnly !== undefined }),
      passkeyOnly: passkeyOnly && buildPasskeyOnly(passkeyOnly, view.client.name),
    },
  }
}

function buildPasskeyOnly({ accountPath, withoutPasskey }: PasskeyOnlyView, client: string) {
  return {
    accountPath,
    without:
      withoutPasskey === undefined ? undefined : buildSentence(MESSAGES.passkeyWithout, { login: withoutPasskey }),
    refuseAdvice: buildSentence(MESSAGES.passkeyRefuseAdvice, { client }),
  }
}
