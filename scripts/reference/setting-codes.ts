import type { CodeMeanings } from './code-meaning.ts'

/** Found while the settings are judged, before anything starts. Keep the order of the alphabet. */
export const SETTING_CODES: CodeMeanings = {
  SALLYPORT_E_SETTINGS: {
    means: 'The settings have problems, each of which was printed with its own code; or they hold a development key.',
    change: 'Mend what was printed before; `sallyport check-config` shows all of it without starting anything.',
  },
  SALLYPORT_E_SETTINGS_CONFLICT: {
    means: 'Two settings, or a setting and the registry, cannot both be true.',
    change: 'Keep one of the two: the message names both, and the verb that removes a registry entry.',
  },
  SALLYPORT_E_SETTINGS_FILE: {
    means: 'A file that the settings name cannot be used: missing, unreadable for this user, empty, or a folder.',
    change: 'Correct the path, which starts at the folder of the settings file, or the owner and mode of the file.',
  },
  SALLYPORT_E_SETTINGS_MISSING: {
    means: 'A setting that is needed is not there.',
    change: 'Add it to the file, or set the variable that the message names; `sallyport init` writes a complete file.',
  },
  SALLYPORT_E_SETTINGS_SYNTAX: {
    means: 'The settings file is not valid YAML at this line and column.',
    change: 'Correct the line; the message says which mistake it looks like.',
  },
  SALLYPORT_E_SETTINGS_TOOLS: {
    means: 'A tools file, or the tools written into the settings, does not say what a tools file says.',
    change: 'Correct the entry that the message names, in the tools file.',
  },
  SALLYPORT_E_SETTINGS_TYPE: {
    means: 'A setting has the wrong kind of value: text where a number belongs, a section where a list belongs.',
    change: 'Write the kind of value that the message names; quote what must be text.',
  },
  SALLYPORT_E_SETTINGS_UNKNOWN_KEY: {
    means: 'The settings file has a key that is not a setting.',
    change: 'Take the suggestion, or remove the key: a key that is silently ignored protects nothing.',
  },
  SALLYPORT_E_SETTINGS_UNKNOWN_VARIABLE: {
    means: 'The environment has a `SALLYPORT_` variable that does not exist.',
    change: 'Take the suggestion, or unset it; in Kubernetes set `enableServiceLinks: false`.',
  },
  SALLYPORT_E_SETTINGS_VALUE: {
    means: 'A setting has a value that is out of bounds or does not mean anything here.',
    change: 'Choose a value within the bounds of the message and of the settings reference.',
  },
  SALLYPORT_W_SETTINGS_DENIED: {
    means: 'A host of `clientDocuments.trustedHosts` is denied by `clientDocuments.deniedHosts`, which wins.',
    change: 'Remove the host from the list on which it does not belong.',
  },
  SALLYPORT_W_SETTINGS_SHARED_ORIGIN: {
    means:
      'Several resources live on one origin, so that a client which knows the origin alone cannot tell them apart.',
    change: 'Give each MCP server its own host name, or have clients use the whole URL.',
  },
  SALLYPORT_W_SETTINGS_UNREACHABLE: {
    means: 'The issuer names a port that this server does not listen on.',
    change: 'Set port and issuer to the same, unless something forwards between them.',
  },
  SALLYPORT_W_SETTINGS_UNRESOLVED: {
    means: 'The settings name something that is not in the file and may be in the registry.',
    change: 'Add it with the verb that the message names before the server starts, or to the file.',
  },
}
