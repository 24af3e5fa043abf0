import type { Silent } from '../reply.ts'
import type { Ailing } from '../step.ts'

type Explanation = Omit<Ailing, 'saw'> & { readonly says: string }

const CERTIFICATE = 'the certificate is not trusted'

/** What each error of a connection means to an operator. */
const BY_CODE: readonly (readonly [codes: RegExp, Explanation])[] = [
  [
    /^(?:ENOTFOUND|EAI_\w+|ENODATA)$/,
    {
      ailment: 'name-unknown',
      says: 'the name cannot be resolved',
      change: 'Check the name for a typo, and that it has an address in the DNS which the clients use.',
    },
  ],
  [
    /^ECONNREFUSED$/,
    {
      ailment: 'connection-refused',
      says: 'nothing listens there',
      change: 'Start the server, or correct host and port; a server in a container must listen on 0.0.0.0.',
    },
  ],
  [
    /^CERT_HAS_EXPIRED$/,
    {
      ailment: 'certificate-expired',
      says: `${CERTIFICATE}: it has expired`,
      change: 'Renew the certificate, and reload whatever ends TLS.',
    },
  ],
  [
    /^CERT_NOT_YET_VALID$/,
    {
      ailment: 'certificate-not-yet-valid',
      says: `${CERTIFICATE}: it is not valid yet`,
      change: 'Set the clock of this machine, or use a certificate that has begun.',
    },
  ],
  [
    /^(?:ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/,
    {
      ailment: 'certificate-of-another-name',
      says: `${CERTIFICATE}: it is for another name`,
      change: 'Use a certificate that lists this host, or the URL with the host that the certificate lists.',
    },
  ],
  [
    /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN)$/,
    {
      ailment: 'certificate-self-signed',
      says: `${CERTIFICATE}: nobody that this machine knows has signed it`,
      change:
        'Use a certificate of a public authority; clients of a private one need its root (NODE_EXTRA_CA_CERTS), and so does --ca here.',
    },
  ],
  [
    /^UNABLE_TO_/,
    {
      ailment: 'certificate-chain',
      says: `${CERTIFICATE}: who signed it is not known here`,
      change:
        'Serve the intermediate certificates, too (fullchain, not cert alone); browsers fetch them by themselves and other clients do not. For a private authority give its root by --ca.',
    },
  ],
  [
    /^(?:EPROTO|ERR_SSL_\w+|HPE_\w+)$/,
    {
      ailment: 'tls-or-not',
      says: 'one side speaks TLS and the other does not',
      change: 'Try the other scheme, http or https, or the other port.',
    },
  ],
  [
    /^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)$/,
    {
      ailment: 'connection-broken',
      says: 'the connection was closed before an answer came',
      change: 'Look into the log of the proxy and of the server; http to a port of TLS ends like this, too.',
    },
  ],
  [
    /^(?:EHOSTUNREACH|ENETUNREACH)$/,
    {
      ailment: 'no-route',
      says: 'there is no way to that address from here',
      change: 'Check VPN, firewall and IPv6; publish an address that clients reach.',
    },
  ],
]

const NO_ANSWER: Explanation = {
  ailment: 'no-answer',
  says: 'no answer came in time',
  change: 'Check firewall and security group, and that the server behind the proxy is up; --timeout waits longer.',
}

/** Why nothing came back from an address, in words. */
export function explainSilence(address: string, { code, error }: Silent): Ailing {
  const known = BY_CODE.find(([codes]) => codes.test(code ?? ''))?.[1]
  const { ailment, says, change } = known ?? NO_ANSWER
  const reason = known === undefined && !/in time/.test(error) ? ` (${error})` : ''
  return { ailment, saw: `${address}: ${says}${reason}.`, change }
}

/** Silence that leaves nothing to walk on; a bad certificate is an answer of sorts. */
export function isUnreachable(ailment: string): boolean {
  return !ailment.startsWith('certificate-')
}
