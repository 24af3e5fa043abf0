import { defineConfig } from 'vitest/config'

/**
 * Workspace packages are tested from their sources. Nothing else may stand here: vitest hands these names on to its workers as
 * --conditions, and with "import" among them a `require` deep in pg finds an ES module.
 */
const conditions = ['@sallyport/source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  // Where the global setup runs; without it, a checkout that was never built has no packages there.
  environments: { __vitest__: { resolve: { conditions } } },
  test: {
    include: [
      'server/test/**/*.test.ts',
      'resources/*/test/**/*.test.ts',
      'conformance/test/**/*.test.ts',
      'scripts/test/**/*.test.ts',
    ],
    globalSetup: ['server/test/setup/cluster.ts'],
    execArgv: conditions.map((condition) => `--conditions=${condition}`),
    pool: 'forks',
    // One more than the cores of a small machine, because many tests wait for a clock and not for a processor.
    maxWorkers: 3,
    // Tests start whole servers and databases; on two busy cores one such start was seen to take twenty seconds.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    // The default of a second was missed by a page that Chromium renders without scripts on two busy cores.
    expect: { poll: { timeout: 30_000 } },
  },
})
