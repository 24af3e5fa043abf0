import type { Configuration } from 'oidc-provider'

/** What one capability contributes to the engine's configuration. */
export type Slice = Readonly<Partial<Configuration>>
