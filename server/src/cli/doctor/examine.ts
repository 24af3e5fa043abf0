import type { EgressSettings, Settings } from '../../config/settings.ts'
import type { Egress } from '../../egress/index.ts'
import { checkDatabase } from './database-checks.ts'
import { checkEgress } from './egress-checks.ts'
import { type Finding, ok, unseen, warn } from './finding.ts'
import { checkIssuer, checkPlainHttp } from './issuer-checks.ts'
import { createOutside } from './outside.ts'
import { checkProxyHeaders } from './proxy-check.ts'

/** What an examination is made of. */
export interface Examination {
  readonly settings: Settings
  /** How many warnings the settings loaded with. */
  readonly settingsWarnings: number
  readonly databaseUrl: string
  /** Makes a way out of settings, as the server does. */
  readonly openEgress: (settings: EgressSettings) => Egress
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Told what is looked at next. */
  readonly announce: (what: string) => void
}

/** Looks at everything, one after the other, so that no check disturbs the clock of another. */
export async function examine(examination: Examination): Promise<readonly Finding[]> {
  const { settings, databaseUrl, openEgress, now, announce } = examination
  announce('the database')
  const database = await checkDatabase(databaseUrl, settings, now)
  const outside = createOutside(settings, openEgress)
  try {
    announce(`the issuer at ${settings.issuer}`)
    const issuer = await checkIssuer(settings, outside, now, database.keyIds)
    const plainHttp = await checkPlainHttp(settings, outside)
    announce('the proxy in front of it')
    const proxy = issuer.reachable
      ? await checkProxyHeaders(settings, outside, now)
      : unseen('proxy-headers', 'the issuer does not answer')
    announce('the way out')
    const egress = await checkEgress(settings.egress, now)
    return [judgeWarnings(examination), ...database.findings, ...issuer.findings, plainHttp, proxy, ...egress]
  } finally {
    await outside.close()
  }
}

function judgeWarnings({ settingsWarnings: count }: Examination): Finding {
  if (count === 0) return ok('settings', 'the settings are good')
  const detail = `the settings are good, with ${count === 1 ? 'one warning' : `${count} warnings`}`
  return warn('settings', detail, 'Run `sallyport check-config` and see.')
}
