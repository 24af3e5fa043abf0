/** What our server does about what a client does otherwise than others, by the id of its profile. Each is shown by its replay. */
export const CLIENT_ANSWERS: Readonly<Record<string, string>> = {
  'claude-ai':
    'Of the grants in its document it gets those that a document can have. A refresh without `resource` keeps the one of the grant, and within the grace window (60 s unless set otherwise) two refreshes get the same successor.',
  'claude-desktop': 'The same as for Claude.ai.',
  'claude-code':
    'The port of loopback is free for the name `localhost` too, whatever the client says of its type. `offline_access` is overlooked. Who asks for one new scope keeps those for discovery and reading. Several processes that refresh at once get the same successor.',
  chatgpt:
    'The method is negotiated: its first choice if the metadata lists it, else one of its list. We list `private_key_jwt`, so it signs, and its key set is fetched like its document.',
  'chatgpt-signing':
    'Its signature is checked against the key set of its document, for our issuer as the one audience.',
  codex:
    'Our list of scopes is short, and what a resource does not have is dropped. A path with a hash is compared exactly, the port is not. A refresh without `resource` keeps the one of the grant. `iss` is in every answer and promised, so it uses the document that is the same for all.',
  'vs-code':
    'The port of loopback is not compared, also where the document names one. Grants that a registration may not have are left out of it, and the rest is registered.',
  'copilot-cli':
    'The port of loopback is not compared, also where the document names one. The issuer is the same text in the metadata, in answers and in tokens. A refresh may name the scopes that were granted.',
  cursor:
    'Its scheme is on the list of private schemes as shipped (`privateUseRedirects`), so none of its three redirect URIs ends the registration. A type that it leaves out is read off its redirect URIs.',
  'cursor-scheme':
    'The type that it states is no reason to refuse its redirect URIs. The answer goes to its scheme after a page on which its person agreed, never silently.',
  opencode:
    'The slash of an empty path is no part of a resource: both spellings are the same one, and the token carries ours.',
  inspector: 'An empty scope in a registration is no scope.',
  'mcp-remote':
    'Members that are not known are overlooked, and so are scopes that the resource does not have; with those of OpenID Connect alone it gets what a client gets that names none. A registration on another port is answered. A refresh may name the scopes that were granted. A client that is not known is told so in JSON where nothing else is taken, so that it registers anew.',
  'sdk-1':
    'The scope of a registration does not limit what is asked for later. A refresh never widens; once it has forgotten its tokens it gets the new scope and keeps those for discovery and reading.',
  'sdk-2':
    '`scope` is in every token response, and `iss` in every answer. `offline_access` is not listed, so `prompt=consent` does not come with it.',
  'go-sdk':
    'A refresh without `resource` keeps the one of the grant. A registration that names no grants may refresh, and one that names no method gets a secret.',
}
