import type { Defence } from './defence.ts'

const METADATA = 'server/src/provider/client-metadata.ts'
const MANAGEMENT = 'server/test/registration/management.test.ts'

/** Attacks by whoever registers a client: A44 to A50. */
export const CLIENTS: readonly Defence[] = [
  {
    attack: 'A44',
    what: 'one source registers only so many',
    off: [{ file: 'server/src/provider/registrations.ts', text: 'burst: 200,', without: 'burst: 200_000,' }],
    test: {
      file: 'server/test/registration/ceiling.test.ts',
      name: 'end in 429 with Retry-After, and leave no row and no event behind',
    },
  },
  {
    attack: 'A44',
    what: 'who registers the same is the same client',
    off: [
      {
        file: 'server/src/provider/adapter/client.ts',
        text: 'return { contentHash: contentHashOf(metadata) }',
        without: 'return {}',
      },
    ],
    test: {
      file: 'server/test/registration/shared-clients.test.ts',
      name: 'leaves as many rows as there are clients, however often each registers',
    },
  },
  {
    attack: 'A45',
    what: 'no address of a registration is kept',
    off: [{ file: METADATA, text: "  'jwks',\n", without: "  'jwks',\n  'logo_uri',\n" }],
    test: {
      file: 'server/test/registration/limits.test.ts',
      name: 'leaves no address behind that this server would fetch',
    },
  },
  {
    attack: 'A46',
    what: 'a change is of the client that is changed',
    off: [
      {
        file: 'server/src/provider/registration-change.ts',
        text: 'if (sent.client_id !== client.id)',
        without: 'if (sent.client_id === null)',
      },
    ],
    test: { file: MANAGEMENT, name: "client_id: 'client_other'" },
  },
  {
    attack: 'A46',
    what: 'nobody chooses a secret',
    off: [
      {
        file: 'server/src/provider/registration-change.ts',
        text: 'sent.client_secret !== undefined && !isSecret(sent.client_secret, kept)',
        without: 'sent.client_secret === null',
      },
    ],
    test: { file: MANAGEMENT, name: "client_secret: 'mine'" },
  },
  {
    attack: 'A47',
    what: 'whoever registers gets the grants of a person’s client alone',
    off: [
      {
        file: METADATA,
        text: "    grant_types: [...GRANT_TYPES],\n    response_types: ['code'],",
        without:
          "    grant_types: isListOfText(stated) ? [...stated, ...GRANT_TYPES] : [...GRANT_TYPES],\n    response_types: ['code'],",
      },
    ],
    test: {
      file: 'server/test/registration/limits.test.ts',
      name: 'gets no grant for machines or exchange, whatever it asks for',
    },
  },
  {
    attack: 'A48',
    what: 'no script of another origin sends cookies along',
    off: [
      {
        file: 'server/src/http/cors.ts',
        text: "    ctx.set('Access-Control-Allow-Origin', '*')\n",
        without:
          "    ctx.set('Access-Control-Allow-Origin', '*')\n    ctx.set('Access-Control-Allow-Credentials', 'true')\n",
      },
    ],
    test: {
      file: 'server/test/metadata/cross-origin.test.ts',
      name: 'reads the answer and its headers, and never sends cookies along',
    },
  },
  {
    attack: 'A49',
    what: 'a registration is read with its own token alone',
    off: [
      {
        file: 'server/src/store/managed-clients.ts',
        text: 'FROM clients WHERE id = $1 AND management_hash = $2`',
        without: 'FROM clients WHERE id = $1 AND $2::bytea IS NOT NULL`',
      },
    ],
    test: { file: MANAGEMENT, name: 'the same whatever is wrong, and changes nothing' },
  },
  {
    attack: 'A50',
    what: 'no generated id looks like a document',
    off: [
      {
        file: 'server/src/provider/clients.ts',
        text: "const CLIENT_ID_PREFIX = 'client_'",
        without: "const CLIENT_ID_PREFIX = 'https://'",
      },
    ],
    test: {
      file: 'server/test/registration/limits.test.ts',
      name: 'chooses neither its id nor its secret nor its age',
    },
  },
]
