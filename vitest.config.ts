import { globSync, readFileSync } from 'node:fs'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

/**
 * Workspace packages are tested from their sources. Nothing else may stand here: vitest hands these names on to its workers as
 * --conditions, and with "import" among them a `require` deep in pg finds an ES module.
 */
const conditions = ['@sallyport/source']

const TESTS = [
  'server/test/**/*.test.ts',
  'resources/*/test/**/*.test.ts',
  'conformance/test/**/*.test.ts',
  'scripts/test/**/*.test.ts',
]

/** Test files that replace a module, which all others of their process would get, too. */
const replacing = globSync(TESTS).filter((path) => readFileSync(path, 'utf8').includes('vi.mock('))

const common: TestProjectInlineConfiguration['test'] = {
  setupFiles: ['server/test/setup/each-file.ts'],
  execArgv: conditions.map((condition) => `--conditions=${condition}`),
  pool: 'forks',
  // Tests start whole servers and databases; on two busy cores one such start was seen to take twenty seconds.
  testTimeout: 90_000,
  hookTimeout: 120_000,
  // The default of a second was missed by a page that Chromium renders without scripts on two busy cores.
  expect: { poll: { timeout: 30_000 } },
}

const resolving = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  // Where the global setup runs; without it, a checkout that was never built has no packages there.
  environments: { __vitest__: { resolve: { conditions } } },
}

export default defineConfig({
  ...resolving,
  test: {
    globalSetup: ['server/test/setup/cluster.ts'],
    // One more than the cores of a small machine, because many tests wait for a clock and not for a processor.
    maxWorkers: 3,
    projects: [
      // A process for each file would spend a third of the time on loading the same modules again.
      { ...resolving, test: { ...common, name: 'together', include: TESTS, exclude: replacing, isolate: false } },
      { ...resolving, test: { ...common, name: 'alone', include: replacing } },
    ],
  },
})
