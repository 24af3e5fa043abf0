import { EGRESS_BLOCKS, EGRESS_FAILURES } from '../egress/failure.ts'
import { ENDPOINT_NAMES } from '../http/endpoint-name.ts'
import { AUDIENCE_CHECKS } from '../provider/observer.ts'
import { REVOCATION_REASONS } from '../store/grants.ts'
import { RETENTIONS } from '../store/retention.ts'
import { REFUSAL_CODES } from './refusal-codes.ts'

/** One metric of the contract: a name, once released, keeps its type, its labels and its meaning. */
export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  /**
   * Every label with all the values it has; whatever else is counted counts as `other`. So no caller can put anything into a
   * label, or make more series than these. An empty list is a value of this process alone, such as its version.
   */
  readonly labels: Readonly<Record<string, readonly string[]>>
  /** Upper bounds of a histogram. */
  readonly buckets?: readonly number[]
}

export const OTHER = 'other'

/** Grant types of the token endpoint as labels have them. */
export const GRANT_TYPE_LABELS = ['authorization_code', 'refresh_token', 'token_exchange'] as const
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']

// A refresh takes milliseconds, a sign-in a tenth of a second; what takes ten was given up by its caller.
const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
// A stream hears it within a quarter of a second, who polls within two; after a minute feeds are refused as too old.
const LAG_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

export const CATALOGUE = {
  sallyport_build_info: {
    type: 'gauge',
    help: 'Always 1; the version that runs, and the Node.js it runs on.',
    labels: { version: [], node: [] },
  },
  sallyport_requests_total: {
    type: 'counter',
    help: 'Requests answered on the public port, by endpoint, method and class of the status.',
    labels: { endpoint: ENDPOINT_NAMES, method: METHODS, status: ['2xx', '3xx', '4xx', '5xx'] },
  },
  sallyport_request_duration_seconds: {
    type: 'histogram',
    help: 'From the head of a request to the end of the work on its answer; of a stream, to its begin.',
    labels: { endpoint: ENDPOINT_NAMES, method: METHODS },
    buckets: REQUEST_BUCKETS,
  },
  sallyport_refusals_total: {
    type: 'counter',
    help: 'Requests refused, by endpoint and by the code that the caller was answered; a refusal without a code is `other`.',
    labels: { endpoint: ENDPOINT_NAMES, code: REFUSAL_CODES },
  },
  sallyport_token_requests_total: {
    type: 'counter',
    help: 'Answers of the token endpoint, by grant type: issued, refused, or unavailable, which asks to try again.',
    labels: { grant_type: GRANT_TYPE_LABELS, outcome: ['issued', 'refused', 'unavailable'] },
  },
  sallyport_audience_failures_total: {
    type: 'counter',
    help: 'Requests and tokens that name another audience than they may, by where it was noticed.',
    labels: { check: AUDIENCE_CHECKS },
  },
  sallyport_grants_revoked_total: {
    type: 'counter',
    help: 'Grants, each with its refresh family, that this process ended, by reason.',
    labels: { reason: REVOCATION_REASONS },
  },
  sallyport_revocation_lag_seconds: {
    type: 'histogram',
    help: 'From the moment a revocation was recorded in the database to its first appearance in a feed of this process.',
    labels: {},
    buckets: LAG_BUCKETS,
  },
  sallyport_egress_requests_total: {
    type: 'counter',
    help: 'Outgoing requests, whatever became of them.',
    labels: {},
  },
  sallyport_egress_blocks_total: {
    type: 'counter',
    help: 'Outgoing requests that were refused before anything was connected to, by what was wrong with the destination.',
    labels: { reason: EGRESS_BLOCKS },
  },
  sallyport_egress_failures_total: {
    type: 'counter',
    help: 'Outgoing requests without an answer, or with one that was not taken, by what failed.',
    labels: { reason: EGRESS_FAILURES },
  },
  sallyport_housekeeping_removed_rows_total: {
    type: 'counter',
    help: 'Rows that housekeeping of this process removed, by table.',
    labels: { table: RETENTIONS.map(({ table }) => table) },
  },
  sallyport_database_connections: {
    type: 'gauge',
    help: 'Connections to the database, by what they do.',
    labels: { state: ['in_use', 'idle'] },
  },
  sallyport_database_connections_max: {
    type: 'gauge',
    help: 'Most connections that this process opens: `databasePoolSize`.',
    labels: {},
  },
  sallyport_database_waiting: {
    type: 'gauge',
    help: 'Statements that wait for a connection.',
    labels: {},
  },
  sallyport_event_loop_delay_seconds: {
    type: 'gauge',
    help: 'How late the event loop was since it was asked last, by quantile; `1` is the worst.',
    labels: { quantile: ['0.5', '0.99', '1'] },
  },
} as const satisfies Readonly<Record<`sallyport_${string}`, Metric>>

type Catalogue = typeof CATALOGUE
export type MetricName = keyof Catalogue

/** Names of one type of metric. */
export type NameOf<Type extends Metric['type']> = {
  [Name in MetricName]: Catalogue[Name]['type'] extends Type ? Name : never
}[MetricName]

/** A value for each label of a metric. */
export type LabelsOf<Name extends MetricName> = Readonly<Record<keyof Catalogue[Name]['labels'], string>>
