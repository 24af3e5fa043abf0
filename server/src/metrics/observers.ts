import { EGRESS_BLOCKS, type EgressBlock } from '../egress/failure.ts'
import type { EgressEnd } from '../egress/index.ts'
import type { AnsweredRequest } from '../http/request-count.ts'
import { TOKEN_EXCHANGE } from '../provider/client-metadata.ts'
import type { EngineObserver } from '../provider/observer.ts'
import type { StoreObserver } from '../store/observer.ts'
import { OTHER } from './catalogue.ts'
import type { Recorder } from './recorder.ts'

/** What each part of the server is handed to tell what happened. */
export interface Observers {
  readonly store: StoreObserver
  readonly engine: EngineObserver
  readonly requestAnswered: (request: AnsweredRequest) => void
  readonly egressEnded: (end: EgressEnd) => void
  readonly revocationPublished: (lagSeconds: number) => void
  readonly rowsRemoved: (table: string, rows: number) => void
}

/** Says of everything that is told which metric it moves. */
export function createObservers({ count, measure }: Recorder): Observers {
  return {
    store: { grantsEnded: (reason, ended) => count('sallyport_grants_revoked_total', { reason }, ended) },
    engine: {
      tokenAnswered(grantType, status) {
        const labels = { grant_type: grantTypeLabel(grantType), outcome: outcomeOf(status) }
        count('sallyport_token_requests_total', labels)
      },
      audienceRefused: (check) => count('sallyport_audience_failures_total', { check }),
    },
    requestAnswered({ endpoint, method, status, seconds, code }) {
      count('sallyport_requests_total', { endpoint, method, status: `${Math.floor(status / 100)}xx` })
      measure('sallyport_request_duration_seconds', { endpoint, method }, seconds)
      if (code !== undefined || status >= 400) count('sallyport_refusals_total', { endpoint, code: code ?? OTHER })
    },
    egressEnded(end) {
      count('sallyport_egress_requests_total', {})
      if (isBlock(end)) count('sallyport_egress_blocks_total', { reason: end })
      else if (end !== 'answered') count('sallyport_egress_failures_total', { reason: end })
    },
    revocationPublished: (seconds) => measure('sallyport_revocation_lag_seconds', {}, seconds),
    rowsRemoved: (table, rows) => count('sallyport_housekeeping_removed_rows_total', { table }, rows),
  }
}

function grantTypeLabel(grantType: unknown): string {
  if (grantType === TOKEN_EXCHANGE) return 'token_exchange'
  return typeof grantType === 'string' ? grantType : OTHER
}

function outcomeOf(status: number): string {
  if (status < 400) return 'issued'
  return status < 500 ? 'refused' : 'unavailable'
}

function isBlock(end: EgressEnd): end is EgressBlock {
  return EGRESS_BLOCKS.some((block) => block === end)
}
