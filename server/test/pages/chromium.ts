import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'

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

/** Keeps a picture where SCREENSHOTS names a folder. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS
  if (folder !== undefined) await page.screenshot({ path: join(folder, `live-${name}.png`), fullPage: true })
}
