import type { AdapterFactory } from 'oidc-provider'
import type { Slice } from './slice.ts'

export function storage(adapters: AdapterFactory): Slice {
  return { adapter: adapters, clients: [] }
}
