import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** A server of ours as a program: PORT and ISSUER come from the environment. */
export interface OwnServer {
  readonly name: string
  /** From the root of the repository. */
  readonly file: string
  /** `tool=json`, for `--call`: tools that need a scope and change nothing outside of the process. */
  readonly calls: readonly string[]
}

export const OWN_SERVERS: readonly OwnServer[] = [
  {
    name: 'the demo',
    file: 'conformance/test/own/demo-server.ts',
    calls: ['issue_read={"number":1}', 'issue_create={"title":"A door"}'],
  },
  {
    name: 'the example that protects a server',
    file: 'resources/examples/01-protect-a-server/server.ts',
    calls: ['book_find={"words":"blue"}'],
  },
  {
    name: 'the example of step-up',
    file: 'resources/examples/02-step-up/server.ts',
    calls: ['book_find={"words":"blue"}', 'order_create={"title":"The Blue Castle"}'],
  },
  {
    name: 'the example of exchange',
    file: 'resources/examples/03-exchange/server.ts',
    calls: ['book_find={"words":"blue"}', 'order_create={"title":"The Blue Castle"}'],
  },
]

/** The command that starts it, for a shell of any system. */
export function commandOf({ file }: OwnServer): string {
  return [process.execPath, '--conditions=@sallyport/source', `${ROOT}${file}`].map((part) => `"${part}"`).join(' ')
}
