import { afterAll, vi } from 'vitest'
import { issued } from '../canary/index.ts'

// Runs before each test file, which finds the process as the one before has left it.
issued.forget()
afterAll(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
})
