/** For a server that names itself as it is seen from behind its proxy. */
export const PROXY_ADVICE =
  'Configure the public URL of the server; or let the proxy send X-Forwarded-Proto and X-Forwarded-Host, and let the server honour them.'
