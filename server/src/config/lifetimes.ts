import { z } from 'zod'
import { wholeNumber } from './schema-parts.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Access tokens are checked without asking anyone, so their lifetime bounds what a revocation leaves open. */
export const ACCESS_TOKEN_BOUNDS = {
  min: MINUTE,
  max: HOUR,
  reason: 'shorter floods the token endpoint, longer leaves a stolen token useful for too long',
} as const

/**
 * Processes that read a change late still issue for this long. Their clocks may be two minutes ahead, those of resource
 * servers two minutes behind, and these take a token some seconds longer than it lives.
 */
const LATE_SECONDS = 5 * MINUTE

/** So long after a change no access token from before it is taken anywhere, whatever the settings say. */
export const ACCESS_TOKENS_GONE_SECONDS = ACCESS_TOKEN_BOUNDS.max + LATE_SECONDS

/** Every lifetime with its default, its bounds and why they are there. All in seconds. */
export const lifetimesSchema = z
  .strictObject({
    codeSeconds: wholeNumber({
      min: 10,
      max: 10 * MINUTE,
      reason: 'RFC 6749 section 4.1.2 asks for ten minutes at most',
    })
      .default(MINUTE)
      .describe('How long an authorization code can be redeemed.'),
    accessTokenSeconds: wholeNumber(ACCESS_TOKEN_BOUNDS)
      .default(10 * MINUTE)
      .describe('Access tokens that hold discovery and read scopes only.'),
    accessTokenElevatedSeconds: wholeNumber(ACCESS_TOKEN_BOUNDS)
      .default(5 * MINUTE)
      .describe('Access tokens that hold a write or external-network scope; not longer than accessTokenSeconds.'),
    refreshIdleSeconds: wholeNumber({
      min: HOUR,
      max: 365 * DAY,
      reason: 'an unused login should end, but not within a meeting',
    })
      .default(30 * DAY)
      .describe('How long a login lives without being refreshed.'),
    refreshAbsoluteSeconds: wholeNumber({
      min: HOUR,
      max: 730 * DAY,
      reason: 'a person should confirm a login every now and then',
    })
      .default(180 * DAY)
      .describe('How long a login lives however often it is refreshed.'),
    refreshGraceSeconds: wholeNumber({
      min: 0,
      max: 2 * MINUTE,
      reason: 'a longer window hides a stolen refresh token',
    })
      .default(MINUTE)
      .describe('How long the same refresh token is answered again with the same successor; 0 turns it off.'),
    signInSessionSeconds: wholeNumber({
      min: 5 * MINUTE,
      max: 90 * DAY,
      reason: 'shorter asks for the password twice in one visit',
    })
      .default(14 * DAY)
      .describe('How long a browser stays signed in.'),
    elevationSessionSeconds: wholeNumber({
      min: 5 * MINUTE,
      max: DAY,
      reason: 'a permission for this session should not outlive the day',
    })
      .default(8 * HOUR)
      .describe('How long a permission given for the session lasts.'),
    interactionSeconds: wholeNumber({
      min: 5 * MINUTE,
      max: DAY,
      reason: 'people need time to find a password, and a forgotten tab should end',
    })
      .default(HOUR)
      .describe('How long a person may take from the first page to the last.'),
  })
  .prefault({})
  .describe('Lifetimes in seconds.')
