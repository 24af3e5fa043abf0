import { parse } from 'yaml'
import { z } from 'zod'

const mount = z.union([
  z.strictObject({
    type: z.literal('bind'),
    source: z.string(),
    target: z.string(),
    read_only: z.literal(true),
    bind: z.strictObject({ create_host_path: z.literal(false) }).optional(),
  }),
  z.strictObject({ type: z.literal('volume'), source: z.string(), target: z.string() }),
])

const condition = z.enum(['service_healthy', 'service_completed_successfully'])

const service = z.strictObject({
  build: z.strictObject({ context: z.string(), target: z.string() }).optional(),
  image: z.string(),
  command: z.array(z.string()).optional(),
  profiles: z.array(z.string()).default([]),
  user: z.string().optional(),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  cap_add: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  secrets: z.array(z.string()).default([]),
  volumes: z.array(mount).default([]),
  ports: z.array(z.string()).default([]),
  networks: z.array(z.string()).default([]),
  network_mode: z.string().optional(),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()),
      interval: z.string(),
      timeout: z.string(),
      retries: z.int(),
      start_period: z.string(),
    })
    .optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition })).default({}),
  restart: z.string().optional(),
  stop_grace_period: z.string().optional(),
})

const composeFile = z.strictObject({
  name: z.string(),
  'x-server': z.unknown(),
  services: z.record(z.string(), service),
  networks: z.record(
    z.string(),
    z.strictObject({
      internal: z.boolean().default(false),
      ipam: z.strictObject({ config: z.array(z.strictObject({ subnet: z.string() })) }).optional(),
    }),
  ),
  volumes: z.record(z.string(), z.strictObject({})),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
})

export type ComposeFile = z.output<typeof composeFile>
export type Service = z.output<typeof service>

/** Reads a compose file as far as ours uses the language. @throws for a key it does not know */
export function parseComposeFile(text: string): ComposeFile {
  return composeFile.parse(parse(text, { merge: true }))
}
