import type { Check } from '../../check/check.ts'
import type { ServerSubject } from '../subject.ts'
import { downstreamCredential } from './downstream-credential.ts'
import { downstreamExchange } from './downstream-exchange.ts'
import { inboundTokenStays, inboundTokenStaysWhenRefused } from './inbound-token-stays.ts'

/** What reaches a service behind the server. */
export const downstreamChecks: readonly Check<ServerSubject>[] = [
  inboundTokenStays,
  downstreamCredential,
  downstreamExchange,
  inboundTokenStaysWhenRefused,
]
