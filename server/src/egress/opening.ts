import type { Destination, Trust } from './destination.ts'
import type { EgressBlock, EgressFailureKind } from './failure.ts'

/** What an operator would set so that such a request gets through; `none` where no setting does. */
export type OpeningSetting = 'egress.allow' | 'egress.proxy' | 'egress.ca' | 'none'

/** Where a request without an answer was going, and what would open the way. For the operator's log, like the reason. */
export interface Opening {
  /** Host and port, spelled as `egress.allow` compares them; undefined when the URL is none. */
  readonly host: string | undefined
  readonly setting: OpeningSetting
}

/** How far a request got before there was no answer: looking for addresses, connecting, or past a trusted TLS. */
export type Stage = 'name' | 'connection' | 'answer'

/**
 * Says what would open a destination that was refused. What a stranger wrote down is opened by nothing: a setting that did
 * would let every stranger in.
 */
export function openingOfBlock(block: EgressBlock, destination: Destination | undefined, trust: Trust): Opening {
  return { host: destination && hostOf(destination), setting: settingForBlock(block, destination, trust) }
}

function settingForBlock(block: EgressBlock, destination: Destination | undefined, trust: Trust): OpeningSetting {
  switch (block) {
    case 'scheme':
      return trust === 'settings' && destination?.url.protocol === 'http:' ? 'egress.allow' : 'none'
    case 'address':
      return trust === 'settings' ? 'egress.allow' : 'none'
    case 'url':
    case 'host':
    case 'port':
      return 'none'
  }
}

/**
 * Says what would open a way that came to no answer.
 * @param failure.unknownAuthority the other side showed a certificate of nobody that is believed
 */
export function openingOfFailure(
  failure: { readonly kind: EgressFailureKind; readonly stage: Stage; readonly unknownAuthority: boolean },
  destination: Destination,
): Opening {
  return { host: hostOf(destination), setting: settingForFailure(failure, destination) }
}

function settingForFailure(
  { kind, stage, unknownAuthority }: Parameters<typeof openingOfFailure>[0],
  { allowed }: Destination,
): OpeningSetting {
  switch (kind) {
    case 'tls':
      return unknownAuthority ? 'egress.ca' : 'none'
    case 'proxy':
      return 'egress.proxy'
    case 'connection':
    case 'timeout':
      // Many networks let nothing out but through a proxy, and drop or reset the rest; what is allowed is never sent there.
      return stage === 'connection' && !allowed ? 'egress.proxy' : 'none'
    case 'name':
    case 'answer':
    case 'unknown':
      return 'none'
  }
}

function hostOf({ url, port }: Destination): string {
  return `${url.hostname}:${port}`
}
