import { defineConfig } from 'vitest/config'

const conditions = ['@sallyport/source']

export default defineConfig({
  resolve: { conditions: [...conditions, 'module', 'node', 'import', 'default'] },
  ssr: { resolve: { conditions: [...conditions, 'module', 'node', 'import', 'default'] } },
  test: {
    include: ['server/test/**/*.test.ts', 'resources/*/test/**/*.test.ts', 'scripts/test/**/*.test.ts'],
    globalSetup: ['server/test/setup/cluster.ts'],
    execArgv: conditions.map((condition) => `--conditions=${condition}`),
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
