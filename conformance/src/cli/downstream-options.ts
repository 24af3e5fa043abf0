import type { AllowedCall } from '../server/subject.ts'
import { readCall } from './call-flag.ts'
import { readNumber } from './run-flags.ts'
import { UsageError } from './usage-error.ts'

/** The service behind the server, as it was asked for. */
export interface DownstreamOptions {
  /** 0 takes a free one. */
  readonly port: number
  /** Undefined: its address. */
  readonly audience: string | undefined
  readonly calls: readonly AllowedCall[]
}

interface DownstreamFlags {
  readonly start?: string
  readonly env?: readonly string[]
  readonly downstreamPort?: string
  readonly downstreamAudience?: string
  readonly downstreamCall?: readonly string[]
}

/**
 * @returns undefined where nobody asked for one
 * @throws UsageError for flags of it where the server could not know its address
 */
export function readDownstreamOptions(flags: DownstreamFlags): DownstreamOptions | undefined {
  const { downstreamPort: port, downstreamAudience: audience, downstreamCall: calls = [] } = flags
  const isTold = [flags.start ?? '', ...(flags.env ?? [])].some((text) => text.includes('{downstream}'))
  if (port === undefined && !isTold) {
    const given = calls.length > 0 ? '--downstream-call' : audience === undefined ? undefined : '--downstream-audience'
    if (given === undefined) return undefined
    throw new UsageError(
      `${given}: the server does not know the downstream; tell it by --env DOWNSTREAM={downstream}, or name --downstream-port of the one it calls`,
    )
  }
  return {
    port: port === undefined ? 0 : readNumber('--downstream-port', port, 1, 65_535),
    audience,
    calls: calls.map((text) => readCall('--downstream-call', text)),
  }
}
