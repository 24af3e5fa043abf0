import Router from '@koa/router'
import type { Middleware } from 'koa'
import { takeAccountForm } from './account/change.ts'
import { showAccount } from './account/show.ts'
import { showAccountSignIn, takeAccountSignIn } from './account/sign-in.ts'
import { showConsent, takeConsent } from './interaction/consent.ts'
import { showContinue } from './interaction/continue.ts'
import type { InteractionDeps } from './interaction/ports.ts'
import { makeRoomForPerson } from './interaction/resume.ts'
import { showSignIn, takeSignIn } from './interaction/sign-in.ts'
import { showSignOut, takeSignOut } from './sign-out.ts'

// The address changes with the content.
const ASSET_CACHE = 'public, max-age=31536000, immutable'

/** The pages a person meets, below the issuer. */
export function pageRoutes(deps: InteractionDeps): Middleware {
  const router = new Router()
  const uid = (params: Readonly<Record<string, string>>): string => params.uid ?? ''
  router.get('/authorize/:uid/sign-in', (ctx) => showSignIn(ctx, uid(ctx.params), deps))
  router.post('/authorize/:uid/sign-in', (ctx) => takeSignIn(ctx, uid(ctx.params), deps))
  router.get('/authorize/:uid/consent', (ctx) => showConsent(ctx, uid(ctx.params), deps))
  router.post('/authorize/:uid/consent', (ctx) => takeConsent(ctx, uid(ctx.params), deps))
  router.get('/authorize/:uid/continue', (ctx) => showContinue(ctx, uid(ctx.params), deps))
  router.get('/authorize/:uid', makeRoomForPerson(deps))
  router.get('/logout', (ctx) => showSignOut(ctx, deps))
  router.post('/logout', (ctx) => takeSignOut(ctx, deps))
  router.get('/account', (ctx) => showAccount(ctx, deps))
  router.post('/account', (ctx) => takeAccountForm(ctx, deps))
  router.get('/account/sign-in', (ctx) => showAccountSignIn(ctx, deps))
  router.post('/account/sign-in', (ctx) => takeAccountSignIn(ctx, deps))
  const { stylesheet, script } = deps.pages
  for (const { path, contentType, body } of [stylesheet, script]) {
    router.get(path.slice(deps.basePath.length), (ctx) => {
      ctx.set({ 'Cache-Control': ASSET_CACHE, 'X-Content-Type-Options': 'nosniff' })
      ctx.set('Content-Type', contentType)
      ctx.body = body
    })
  }
  return router.routes() as Middleware
}
