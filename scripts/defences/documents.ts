import type { Defence } from './defence.ts'

const DOCUMENT_URL = 'server/src/provider/client-documents/document-url.ts'
const DESTINATION = 'server/src/egress/destination.ts'
const URL_FORMS = 'server/test/client-documents/url-forms.test.ts'
const ADDRESSES = 'server/test/egress/addresses.test.ts'
const REFUSALS = 'server/test/client-documents/refusals.test.ts'
const TRUST = 'server/test/client-documents/trust.test.ts'
const CACHING = 'server/test/client-documents/caching.test.ts'

/** Attacks by whoever publishes a document about a client: A51 to A85. */
export const DOCUMENTS: readonly Defence[] = [
  {
    attack: 'A53',
    what: 'the URL of a document has a path',
    off: [{ file: DOCUMENT_URL, text: "path === '' || path === '/'", without: "path === ''" }],
    test: { file: URL_FORMS, name: 'its path is empty (A53)' },
  },
  {
    attack: 'A54',
    what: 'the URL of a document holds no user',
    off: [
      {
        file: DOCUMENT_URL,
        text: "url.username !== '' || url.password !== '' || clientId.includes('@')",
        without: 'url.pathname === undefined',
      },
      { file: DESTINATION, text: "url.username !== '' || url.password !== ''", without: 'url.pathname === undefined' },
    ],
    test: { file: URL_FORMS, name: 'it holds a user name (A54)' },
  },
  {
    attack: 'A55',
    what: 'the URL of a document has no fragment',
    off: [
      { file: DOCUMENT_URL, text: "if (clientId.includes('#'))", without: "if (clientId === '#')" },
      { file: DESTINATION, text: "if (written.includes('#'))", without: "if (written === '#')" },
    ],
    test: { file: URL_FORMS, name: 'it has a fragment (A55)' },
  },
  {
    attack: 'A59',
    what: 'the URL of a document ends',
    off: [
      { file: DOCUMENT_URL, text: 'const MAX_URL_LENGTH = 1024', without: 'const MAX_URL_LENGTH = 100_000' },
      { file: DESTINATION, text: 'const MAX_URL_LENGTH = 2048', without: 'const MAX_URL_LENGTH = 100_000' },
    ],
    test: { file: URL_FORMS, name: 'it is longer than any (A59)' },
  },
  {
    attack: 'A60',
    what: 'a stranger names a host and does not number it',
    off: [
      { file: DESTINATION, text: "if (isIP(hostname) !== 0) return 'must name its host, not number it'", without: '' },
      {
        file: 'server/src/egress/special-addresses.ts',
        text: "if (range !== 'unicast')",
        without: "if (range === 'broadcast')",
      },
    ],
    test: { file: URL_FORMS, name: 'it names this machine (A60)' },
  },
  {
    attack: 'A66',
    what: 'IPv6 that carries IPv4 inside is refused',
    off: [
      {
        file: 'server/src/egress/special-addresses.ts',
        text: 'parsed instanceof ipaddr.IPv6 && !parsed.match(PUBLIC_V6.base, PUBLIC_V6.bits)',
        without: 'parsed === undefined',
      },
    ],
    test: { file: ADDRESSES, name: 'of IPv6 with an IPv4 address inside is refused, whatever lies inside' },
  },
  {
    attack: 'A68',
    what: 'names of this network are not looked up',
    off: [
      {
        file: DESTINATION,
        text: "if (!hostname.includes('.'))",
        without: "if (hostname === '')",
      },
    ],
    test: { file: URL_FORMS, name: 'it names this machine (A68)' },
  },
  {
    attack: 'A70',
    what: 'a stranger reaches the ports of https alone',
    off: [
      {
        file: DESTINATION,
        text: 'if (STRANGER_PORTS.has(port)) return undefined',
        without: 'if (port > 0) return undefined',
      },
    ],
    test: { file: URL_FORMS, name: 'another service listens there (A70)' },
  },
  {
    attack: 'A71',
    what: 'special addresses are refused before anything connects',
    off: [
      {
        file: 'server/src/egress/special-addresses.ts',
        text: "if (range !== 'unicast')",
        without: "if (range === 'broadcast')",
      },
    ],
    test: { file: ADDRESSES, name: 'is refused before anything connects' },
  },
  {
    attack: 'A71',
    what: 'one bad address among good ones refuses them all',
    off: [
      {
        file: 'server/src/egress/index.ts',
        text: 'for (const { address } of addresses) {',
        without: 'for (const { address } of addresses.slice(0, 1)) {',
      },
    ],
    test: { file: ADDRESSES, name: 'is refused for one bad address among good ones' },
  },
  {
    attack: 'A72',
    what: 'what was judged is connected to',
    off: [
      {
        file: 'server/src/egress/index.ts',
        text: 'const ways = { destination, addresses, signal,',
        without:
          'const ways = { destination, addresses: await addressesOf(destination, request.resolve, { trust, signal }), signal,',
      },
    ],
    test: { file: ADDRESSES, name: 'is looked up once, and what was judged is connected to' },
  },
  {
    attack: 'A74',
    what: 'a document has a few kilobytes',
    off: [
      {
        file: 'server/src/provider/client-documents/fetch-document.ts',
        text: 'const MAX_DOCUMENT_BYTES = 5 * 1_024',
        without: 'const MAX_DOCUMENT_BYTES = 6 * 1_024',
      },
    ],
    test: { file: REFUSALS, name: 'gets the same page, whatever is wrong with it, and never a redirect' },
  },
  {
    attack: 'A74',
    what: 'nothing compressed is unfolded',
    off: [
      {
        file: 'server/src/egress/send.ts',
        text: "if (encoding.trim().toLowerCase() !== 'identity')",
        without: "if (encoding === '')",
      },
    ],
    test: { file: 'server/test/egress/answers.test.ts', name: 'unfolds nothing' },
  },
  {
    attack: 'A76',
    what: 'a document speaks of its own URL, character by character',
    off: [
      {
        file: 'server/src/provider/client-documents/document.ts',
        text: 'members.client_id !== url',
        without: 'String(members.client_id).toLowerCase() !== url.toLowerCase()',
      },
    ],
    test: { file: REFUSALS, name: 'gets the same page, whatever is wrong with it, and never a redirect' },
  },
  {
    attack: 'A77',
    what: 'a document holds no secret',
    off: [
      {
        file: 'server/src/provider/client-documents/document.ts',
        text: "name.startsWith('client_secret')",
        without: "name === ''",
      },
    ],
    test: { file: REFUSALS, name: 'gets the same page, whatever is wrong with it, and never a redirect' },
  },
  {
    attack: 'A78',
    what: 'one source causes only so many looks at once',
    off: [
      {
        file: 'server/src/provider/client-documents/fetch-limits.ts',
        text: 'const UNDER_WAY_FOR_SOURCE = 64',
        without: 'const UNDER_WAY_FOR_SOURCE = 6_400',
      },
    ],
    test: { file: 'server/test/client-documents/limits.test.ts', name: 'is told to wait, and looks that are answered' },
  },
  {
    attack: 'A79',
    what: 'no host decides for how long its document is believed',
    off: [
      {
        file: 'server/src/provider/client-documents/freshness.ts',
        text: 'const MAX_FRESH_SECONDS = 86_400',
        without: 'const MAX_FRESH_SECONDS = 86_400_000',
      },
    ],
    test: { file: CACHING, name: 'a day is the longest' },
  },
  {
    attack: 'A80',
    what: 'a key that its document no longer has is dead',
    off: [
      {
        file: 'server/src/provider/client-documents/key-set.ts',
        text: 'keys.filter((key) => published.has(identityOf(key)))',
        without: 'keys.filter((key) => published.size > 0 && key !== undefined)',
      },
    ],
    test: {
      file: 'server/test/client-documents/keys.test.ts',
      name: 'A80: are dead for grants made before when the document has others',
    },
  },
  {
    attack: 'A80',
    what: 'a document that changed is agreed to again',
    off: [
      {
        file: 'server/src/provider/grants.ts',
        text: '      if (consent.clientDigest !== facts.clientDigest) return undefined\n',
        without: '',
      },
    ],
    test: { file: 'server/test/client-documents/versions.test.ts', name: 'is agreed to again when it changes' },
  },
  {
    attack: 'A81',
    what: 'who asks at the same time shares one look',
    off: [
      {
        file: 'server/src/provider/client-documents/single-flight.ts',
        text: '      if (joined !== undefined) return joined\n',
        without: '',
      },
    ],
    test: { file: CACHING, name: 'A81: is fetched once for everybody who asks at the same time' },
  },
  {
    attack: 'A82',
    what: 'a program on the machine always gets a page',
    off: [
      {
        file: 'server/src/provider/interactions.ts',
        text: 'site !== undefined && consent?.sites.has(site) === true',
        without: 'site === undefined || consent?.sites.has(site) === true',
      },
    ],
    test: { file: TRUST, name: 'it answers to a program on this machine' },
  },
  {
    attack: 'A83',
    what: 'names are shown without what cannot be seen',
    off: [{ file: 'server/src/http/pages/display-name.ts', text: "    .replace(INVISIBLE, '')\n", without: '' }],
    test: { file: 'server/test/pages/display-name.test.ts', name: 'A83: a name that a client gave itself' },
  },
  {
    attack: 'A84',
    what: 'what a document names is text, and is not loaded',
    off: [{ file: 'server/src/http/pages/index.ts', text: 'autoEscape: true', without: 'autoEscape: false' }],
    test: { file: TRUST, name: 'shows what the document says as text and loads nothing that it names' },
  },
  {
    attack: 'A85',
    what: 'a page warns where the answer goes elsewhere than the document came from',
    off: [
      {
        file: 'server/src/http/pages/consent.ts',
        text: "verification.kind !== 'verified-domain' || redirect.display === verification.host",
        without: "verification.kind !== 'verified-domain' || redirect.display !== ''",
      },
    ],
    test: { file: TRUST, name: 'A85: warns where the answer goes to another site than the document came from' },
  },
]
