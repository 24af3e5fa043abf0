import { loadSettings } from '../../src/config/load-settings.ts'
import type { Settings } from '../../src/config/settings.ts'

/** Below the range that systems hand out by themselves, so nothing takes them between two tests. */
const FIRST_PORT = 21_400

/** Each worker has ports of its own. */
const PORTS_PER_WORKER = 10

/** The environment of a development start that disturbs nobody. */
export function devEnvironment(dataDir: string): Readonly<Record<string, string>> {
  const base = FIRST_PORT + PORTS_PER_WORKER * Number(process.env.VITEST_POOL_ID ?? 0)
  return {
    SALLYPORT_PORT: String(base),
    SALLYPORT_MANAGEMENT_PORT: String(base + 1),
    SALLYPORT_DEMO_PORT: String(base + 2),
    SALLYPORT_DOWNSTREAM_PORT: String(base + 3),
    SALLYPORT_DATA_DIR: dataDir,
  }
}

/** The settings that `sallyport dev` would have in that environment. */
export function makeDevSettings(dataDir: string): Settings {
  const loaded = loadSettings({ mode: 'dev', env: devEnvironment(dataDir), cwd: dataDir })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  return loaded.settings
}
