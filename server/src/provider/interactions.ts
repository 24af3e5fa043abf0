import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { Acr } from '../config/authentication-class.ts'
import { siteOfRedirect } from '../config/redirect-uri.ts'
import { currentUnit } from '../store/unit-of-work.ts'
import { needsStrongerSignIn } from './authentication-classes.ts'
import { isVouchedFor } from './client-properties.ts'
import { ROUTES } from './routes.ts'
import type { Slice } from './slice.ts'

const { Check, Prompt } = interactionPolicy

/** Paths of the pages of one interaction, below the issuer. They share the prefix of the engine's own resume route. */
export function interactionPath(uid: string, page: 'sign-in' | 'consent' | 'continue'): string {
  return `${ROUTES.authorization}/${uid}/${page}`
}

/**
 * When a person is asked, and where.
 * @param options.acrs classes that people can sign in by here
 */
export function interactions({
  basePath,
  privateUseRedirects,
  acrs,
}: {
  basePath: string
  privateUseRedirects: readonly string[]
  acrs: readonly Acr[]
}): Slice {
  return {
    interactions: {
      policy: [signIn(acrs), consent(privateUseRedirects)],
      url: (_ctx, interaction) =>
        basePath + interactionPath(interaction.uid, interaction.prompt.name === 'login' ? 'sign-in' : 'consent'),
    },
  }
}

function signIn(acrs: readonly Acr[]): interactionPolicy.Prompt {
  return new Prompt(
    { name: 'login', requestable: true },
    new Check(
      'no_session',
      'sign-in is required',
      'login_required',
      (ctx) => ctx.oidc.session?.accountId === undefined,
    ),
    new Check('max_age', 'a fresh sign-in is required', 'login_required', (ctx) => {
      const { maxAgeSeconds } = currentUnit().facts
      if (maxAgeSeconds === undefined || ctx.oidc.result?.login !== undefined) return false
      return maxAgeSeconds === 0 || (ctx.oidc.session?.past(maxAgeSeconds) ?? true)
    }),
    new Check('acr', 'a stronger sign-in is required', 'login_required', (ctx) => needsStrongerSignIn(ctx, acrs)),
  )
}

function consent(privateUseRedirects: readonly string[]): interactionPolicy.Prompt {
  return new Prompt(
    { name: 'consent', requestable: true },
    (ctx) => ({ newScopes: newScopes(ctx) }),
    new Check('scopes_not_agreed', 'consent is required', 'consent_required', (ctx) => {
      const decided = ctx.oidc.result?.consent !== undefined && agreedToThisVersion()
      return !decided && newScopes(ctx).length > 0
    }),
    new Check('page_required', 'a person has to see who asks', 'interaction_required', (ctx) => {
      return ctx.oidc.result?.consent === undefined && !mayPassUnseen(ctx, privateUseRedirects)
    }),
  )
}

/** Another tab may have agreed to another version of the client's document meanwhile: then this one has to ask again. */
function agreedToThisVersion(): boolean {
  const { consent, facts } = currentUnit()
  return consent === undefined || consent.clientDigest === facts.clientDigest
}

function newScopes(ctx: KoaContextWithOIDC): readonly string[] {
  const { params, entities } = ctx.oidc
  const asked = typeof params?.scope === 'string' ? params.scope.split(' ') : []
  const agreed = new Set((entities.Grant?.getResourceScope(String(params?.resource)) ?? '').split(' '))
  return asked.filter((scope) => !agreed.has(scope))
}

/**
 * No page, no token: only a client somebody this server believes stands behind, that named the resource and whose answer goes to a site
 * the person has seen named before, passes on an earlier consent alone. Any program on a machine can listen on loopback or claim a scheme.
 */
function mayPassUnseen(ctx: KoaContextWithOIDC, privateUseRedirects: readonly string[]): boolean {
  const { consent, facts } = currentUnit()
  const site = siteOfRedirect(String(ctx.oidc.params?.redirect_uri), privateUseRedirects)
  const seenBefore = site !== undefined && consent?.sites.has(site) === true
  return seenBefore && isVouchedFor(ctx.oidc.client) && !facts.resourceDefaulted
}
