import type { Wire } from '../wire/wire.ts'
import { type AuthorizationServer, type OAuthClient, requireEndpoint } from './authorization-server.ts'
import { type OAuthError, type OtherAnswer, objectOf, readRefusal } from './oauth-answer.ts'
import type { Parameters } from './parameters.ts'
import { buildClientRequest, requestToken, type TokenAnswer } from './token-request.ts'

const GRANT_DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'
/** RFC 8628 §3.2 and §3.5. Seconds. */
const DEFAULT_INTERVAL_SECONDS = 5
const SLOWER_SECONDS = 5
const EXPIRES_SECONDS_MAX = 1_800

/** What a person has to type, and where. */
export interface DeviceCode {
  readonly deviceCode: string
  readonly userCode: string
  readonly verificationUri: string
  readonly verificationUriComplete: string | undefined
  readonly expiresInSeconds: number
  readonly intervalSeconds: number
}

export type DeviceAnswer = { readonly kind: 'device code'; readonly device: DeviceCode } | OAuthError | OtherAnswer

/**
 * @throws EndpointMissing @throws Unanswered
 * @see https://www.rfc-editor.org/rfc/rfc8628#section-3.1
 */
export async function requestDeviceCode(
  wire: Wire,
  server: AuthorizationServer,
  client: OAuthClient,
  parameters: Parameters,
): Promise<DeviceAnswer> {
  const endpoint = requireEndpoint(server, 'device_authorization_endpoint')
  const answer = await wire.send(await buildClientRequest(server, client, endpoint, parameters))
  const members = objectOf(answer)
  const text = (name: string): string | undefined => {
    const value = members?.[name]
    return typeof value === 'string' ? value : undefined
  }
  const number = (name: string, otherwise: number): number => {
    const value = members?.[name]
    return typeof value === 'number' && value > 0 ? value : otherwise
  }
  const [deviceCode, userCode, verificationUri] = ['device_code', 'user_code', 'verification_uri'].map(text)
  if (deviceCode === undefined || userCode === undefined || verificationUri === undefined) return readRefusal(answer)
  return {
    kind: 'device code',
    device: {
      deviceCode,
      userCode,
      verificationUri,
      verificationUriComplete: text('verification_uri_complete'),
      expiresInSeconds: Math.min(number('expires_in', EXPIRES_SECONDS_MAX), EXPIRES_SECONDS_MAX),
      intervalSeconds: number('interval', DEFAULT_INTERVAL_SECONDS),
    },
  }
}

/**
 * Asks for the token until the person has decided or the code is over.
 * @param wait seconds
 * @see https://www.rfc-editor.org/rfc/rfc8628#section-3.4
 */
export async function awaitDeviceToken(
  wire: Wire,
  server: AuthorizationServer,
  client: OAuthClient,
  { device, wait }: { readonly device: DeviceCode; readonly wait: (seconds: number) => Promise<unknown> },
): Promise<TokenAnswer> {
  let interval = device.intervalSeconds
  for (let waited = 0; ; waited += interval) {
    await wait(interval)
    const answer = await requestToken(wire, server, client, {
      grant_type: GRANT_DEVICE,
      device_code: device.deviceCode,
    })
    const isPending = answer.kind === 'error' && /^(?:authorization_pending|slow_down)$/.test(answer.error)
    if (!isPending || waited + interval > device.expiresInSeconds) return answer
    if (answer.error === 'slow_down') interval += SLOWER_SECONDS
  }
}
