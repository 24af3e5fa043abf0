import type { Check } from '../../check/check.ts'
import { doubtful, faulty, notApplicable, sound } from '../../check/finding.ts'
import { refusalInWords } from '../../oauth/oauth-answer.ts'
import { asking } from '../asking.ts'
import { flowOf } from '../authorize/pkce.ts'
import { rememberFor } from '../memory.ts'
import { wordsOf } from '../resources/scopes.ts'
import { NOBODYS_RESOURCE } from '../resources/targets.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { judgeTokenRefusal } from '../token-refusal.ts'
import { claimsOf } from '../tokens/access-token.ts'
import { follow, present, refreshed, refreshTokenOf, resourceWish } from './refreshing.ts'

/** Asked for where the operator names no scope that is left to ask for. */
const NEVER_GRANTED = 'examiner:never-granted'

export const refreshPlain: Check<AuthorizationServerSubject> = {
  id: 'as-refresh-plain',
  requirement: 'AS-RES-06',
  title: 'A refresh that names neither resource nor scope gets the same again',
  risk: 'Clients that leave them out, as Claude Code, Codex and the Go SDK, have a token for nobody.',
  sends: 'A refresh with the refresh token alone.',
  expects: 'A token with the same audience.',
  remedies: {
    general: 'Keep resource and scopes with the grant, and take them from there where the request names none.',
  },
  run: asking(async (subject) => {
    const flow = flowOf(subject)
    const live = await flow.live()
    const answer = await present(subject, live.client, refreshTokenOf(live.tokens))
    if (answer.kind !== 'tokens') {
      flow.became(undefined)
      return faulty(refusalInWords(answer))
    }
    follow(flow, live, answer.tokens)
    const [before, after] = [claimsOf(live.tokens.accessToken), claimsOf(answer.tokens.accessToken)]
    if (before === undefined && after === undefined) return sound('tokens, which are opaque')
    const same = JSON.stringify(before?.aud) === JSON.stringify(after?.aud)
    return same ? sound('the same audience') : faulty(`the audience became ${JSON.stringify(after?.aud) ?? 'none'}`)
  }),
}

export const refreshKeepsScope: Check<AuthorizationServerSubject> = {
  id: 'as-refresh-keeps-scope',
  requirement: 'AS-RT-05',
  title: 'A refreshed token has the scopes of the one before',
  risk: 'What worked an hour ago does not any more, and nobody took it away.',
  sends: 'One refresh.',
  expects: 'The same scopes; fewer where one of them ended.',
  remedies: { general: 'Take the scopes of a refresh from the grant.' },
  run: asking(async (subject) => {
    const flow = flowOf(subject)
    const live = await flow.live()
    const next = await refreshed(subject, flow, live)
    const read = (tokens: typeof live.tokens) => wordsOf(tokens.scope ?? claimsOf(tokens.accessToken)?.scope)
    const [before, after] = [read(live.granted), read(next.tokens)]
    if (after.length === 0 && before.length === 0) return notApplicable('no scopes can be read')
    const more = after.filter((scope) => !before.includes(scope))
    const less = before.filter((scope) => !after.includes(scope))
    if (more.length > 0) return faulty(`it has ${more.join(', ')} besides`)
    return less.length === 0 ? sound('the same') : doubtful(`it lacks ${less.join(', ')}`)
  }),
}

export const refreshWidens: Check<AuthorizationServerSubject> = {
  id: 'as-refresh-widens',
  requirement: 'AS-SC-04',
  title: 'A refresh cannot add a scope',
  risk: 'A client takes rights that nobody gave it, without the person.',
  sends: 'A refresh that asks for the scopes of the grant and one more: of --step-up-scope, or one that was made up.',
  expects: '`invalid_scope`, or tokens without it.',
  remedies: { general: 'Compare the scopes of a refresh with those of the grant.' },
  run: asking(async (subject) => {
    const flow = flowOf(subject)
    // What a check before this one may have granted is no addition: a client that asks for its first scopes alone has none of it.
    const live = await flow.tokens({ client: await subject.clients.first(), scopes: subject.scopes })
    const had = wordsOf(live.tokens.scope ?? claimsOf(live.tokens.accessToken)?.scope)
    const added = subject.stepUpScopes.find((scope) => !had.includes(scope)) ?? NEVER_GRANTED
    const wish = { ...resourceWish(live), scope: [...had, added].join(' ') }
    const answer = await present(subject, live.client, refreshTokenOf(live.tokens), wish)
    flow.became(undefined)
    if (answer.kind !== 'tokens') return judgeTokenRefusal(answer)
    const has = [...wordsOf(answer.tokens.scope), ...wordsOf(claimsOf(answer.tokens.accessToken)?.scope)]
    return has.includes(added) ? faulty(`it granted ${added}`) : sound('it was left out')
  }),
}

export const refreshTarget: Check<AuthorizationServerSubject> = {
  id: 'as-refresh-resource',
  requirement: 'AS-RES-03',
  title: 'A refresh gives no token for a resource that was not authorized',
  risk: 'The person agreed to one server, and the client has tokens for all of them.',
  sends: 'A refresh for another resource: --other-resource, or one that nobody has.',
  expects: '`invalid_target`; never a token for the other.',
  remedies: { general: 'Compare the resource of a refresh with those of the grant.' },
  run: asking(async (subject) => {
    const flow = flowOf(subject)
    const live = await flow.live()
    const resource = subject.otherResource ?? NOBODYS_RESOURCE
    const answer = await present(subject, live.client, refreshTokenOf(live.tokens), { resource })
    flow.became(undefined)
    if (answer.kind !== 'tokens') return judgeTokenRefusal(answer)
    const claims = claimsOf(answer.tokens.accessToken)
    if (claims === undefined) return doubtful('it gave an opaque token, and whom it is for is not to be seen')
    return [claims.aud ?? []].flat().includes(resource)
      ? faulty(`it gave a token for ${resource}`)
      : doubtful('it gave a token')
  }),
}

export const refusalSpendsNothing: Check<AuthorizationServerSubject> = {
  id: 'as-refresh-refused-lives',
  requirement: 'AS-RES-07',
  title: 'A refresh that is refused for its resource does not spend the refresh token',
  risk: 'A typing error in the settings of a client ends the sign-in of the person.',
  sends: 'A refresh for a resource that nobody has, and then an ordinary one.',
  expects: 'A refusal, and then tokens.',
  remedies: { general: 'Look at resource and scope before the refresh token is marked as used.' },
  run: asking(async (subject) => {
    const flow = flowOf(subject)
    const live = await flow.live()
    const refused = await present(subject, live.client, refreshTokenOf(live.tokens), { resource: NOBODYS_RESOURCE })
    if (refused.kind === 'tokens') {
      flow.became(undefined)
      return notApplicable('it was not refused, which is a question of its own')
    }
    const answer = await present(subject, live.client, refreshTokenOf(live.tokens), resourceWish(live))
    flow.became(undefined)
    return answer.kind === 'tokens' ? sound('it still worked') : faulty(refusalInWords(answer))
  }),
}

/** A refresh token, presented by another client. */
function stranger(subject: AuthorizationServerSubject) {
  const flow = flowOf(subject)
  return rememberFor(flow, 'stranger', subject.relay, async () => {
    const other = await subject.clients.second()
    const live = await flow.live()
    const refused = await present(subject, other, refreshTokenOf(live.tokens), resourceWish(live))
    flow.became(undefined)
    return { live, refused }
  }).recall()
}

export const refreshOfAnother: Check<AuthorizationServerSubject> = {
  id: 'as-refresh-of-another',
  requirement: 'AS-RT-04',
  title: 'A refresh token works for the client alone that it was given to',
  risk: 'Whoever finds a refresh token uses it, by any client that can be had for the asking.',
  sends: 'A refresh token of one client, presented by another.',
  expects: '`invalid_grant`.',
  remedies: { general: 'Compare the client of the request with the one of the grant.' },
  run: asking(async (subject) => {
    const { refused: answer } = await stranger(subject)
    if (answer.kind === 'tokens') return faulty('it gave tokens to the other client')
    return judgeTokenRefusal(answer)
  }),
}

export const strangerEndsNothing: Check<AuthorizationServerSubject> = {
  id: 'as-refresh-stranger-harmless',
  requirement: 'AS-RT-04b',
  title: 'A stranger with a refresh token does not end the sign-in of its owner',
  risk: 'Whoever sees a refresh token can lock the person out, without being able to use it.',
  sends: 'A refresh token presented by another client, and then by its own.',
  expects: 'A refusal, and then tokens.',
  remedies: { general: 'Refuse a stranger before the token is looked at, and tell the operator.' },
  run: asking(async (subject) => {
    const { live, refused } = await stranger(subject)
    if (refused.kind === 'tokens') return notApplicable('the stranger got tokens, which is a question of its own')
    const answer = await present(subject, live.client, refreshTokenOf(live.tokens), resourceWish(live))
    return answer.kind === 'tokens' ? sound('it still worked') : faulty(refusalInWords(answer))
  }),
}
