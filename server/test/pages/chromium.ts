import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const DEFAULT_PATH = '/usr/bin/chromium'
const executablePath = process.env.CHROMIUM ?? DEFAULT_PATH

/** Why browser tests cannot run here; undefined where they can. Belongs into the name of what is skipped. */
export const NO_CHROMIUM: string | undefined = existsSync(executablePath)
  ? undefined
  : `SKIPPED: no Chromium at ${executablePath}, install it or set CHROMIUM`

// The default reporter hides the names of what is skipped.
if (NO_CHROMIUM) console.warn(`browser tests ${NO_CHROMIUM}`)

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath })
}
