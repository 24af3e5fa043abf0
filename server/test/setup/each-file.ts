import { afterAll, vi } from 'vitest'
import { issued } from '../canary/index.ts'
import { forgetRequests } from './refusals.ts'

// Runs before each test file, which finds the process as it was before the first.
issued.forget()
forgetRequests()

// Libraries put their own in the place of these, and an answer of fetch is then no `Response` any more.
const NATIVE = ['Request', 'Response', 'Headers', 'fetch'] as const
const natives = NATIVE.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const)
const env = { ...process.env }

afterAll(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
  for (const [name, native] of natives) if (native !== undefined) Object.defineProperty(globalThis, name, native)
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name]
  Object.assign(process.env, env)
})
