import type { Duration } from '@sallyport/policy'

/**
 * Every word of ours that a person reads on the pages. `{name}` marks where a value goes (see `buildSentence`);
 * the names of tool classes come from @sallyport/policy, the texts of permissions from the tools files.
 */
export const MESSAGES = {
  language: 'en',
  titleError: 'Error: {message}',
  signedInAs: 'signed in as {login}',
  notYou: 'Not you?',
  requestId: 'Request id',

  requestedBy: 'Requested by',
  verifiedDomain: 'verified domain {host}, which gave itself this name',
  knownSite: 'verified by {host}, where {client} is known to come from',
  knownProgram: 'named by {host}, where {client} is known to come from; which program asks cannot be verified',
  disguisedName: 'It calls itself “{name}”: letters of that can pass for others, so go by the rest of this page.',
  preRegistered: 'pre-registered by your administrator',
  unverified: 'unverified: registered itself, its name is only its own claim',
  worksOn: 'Works on',
  resourceWasDefaulted: '{client} did not say which server it wants, so this server was chosen for it.',
  sendsYouBackTo: 'Sends you back to',
  sendsBackToWeb: '{host}',
  sendsBackToLoopback: '{address}, a program on this computer',
  sendsBackToApp: 'the app {scheme}',

  signInHeading: 'Sign in',
  signInPurpose: '{client} asks to use {resource}. You decide after you have signed in.',
  login: 'User name',
  password: 'Password',
  signIn: 'Sign in',

  passkeySignIn: 'Sign in with a passkey',
  passkeyPurpose:
    '{client} asks that you sign in with a passkey before it uses {resource}. You decide after you have signed in.',
  passkeyWaiting: 'Follow what your browser or device asks.',
  passkeyStopped: 'Your browser stopped: it was cancelled, took too long, or found no passkey for this server.',
  passkeyKnown: 'That device has a passkey for this account already.',
  passkeyFailed: 'Your browser could not use a passkey here.',
  passkeyUnsupported:
    'This browser cannot use passkeys. Open this page in a newer one, or in the one that your system came with.',
  passkeyNoScript:
    'Passkeys need scripts, which do not run here. Switch them on for this server, then load this page again.',
  passkeyWithout: '{login} has no passkey on this server yet.',
  passkeyFirst: 'Add one in your account, then come back to this page and sign in with it.',
  passkeyNone: 'No passkey yet? Sign in to your account, add one, then come back to this page.',
  openAccount: 'Open your account in a new window',
  passkeyRefuseAdvice: 'If you cannot use a passkey, {client} is told so and gets nothing.',
  refusePasskey: 'I cannot use a passkey',

  consentHeading: 'Allow {client} to use {resource}?',
  stepUpHeading: 'Allow {client} to do more with {resource}?',
  startedHeading: 'Did you start this from {client} just now?',
  startedLoopback:
    'Any program on this computer can send this request and use this name. If you did not start it, choose Deny.',
  startedApp: 'Other programs can open {scheme} links too. If you did not start this, choose Deny.',
  elsewhereHeading: 'The answer goes to {host}, not to {domain}.',
  elsewhere: 'If you do not know that both belong to {client}, choose Deny.',
  changedHeading: '{client} has changed since you allowed it.',
  changedName: 'Its name was {before} and is {now} now.',
  changedNameUnseen: 'Its name has changed in characters that cannot be seen.',
  changedReturns: 'It now also returns to {address}.',
  changedReturnsMore: { one: 'And to {count} address more.', other: 'And to {count} addresses more.' },
  changedNoLongerReturns: 'It no longer returns to {address}.',
  changedNoLongerReturnsMore: {
    one: 'Nor to {count} address more.',
    other: 'Nor to {count} addresses more.',
  },
  changedSigns: 'It did not prove itself with a key before, and does now.',
  changedNoLongerSigns: 'It proved itself with a key before, and does not any more.',
  changedKeys: 'Its keys have changed: {added} added, {removed} removed.',
  changedKeysPlace: 'Its keys were at {before} and are at {now} now.',
  changedKeysMovedOut: 'Its keys were in its own description and are at {now} now.',
  changedKeysMovedIn: 'Its keys were at {before} and are in its own description now.',
  changedUnknown: 'What it was then is not kept any more.',
  changedAdvice: 'What you allowed before does not count for what it is now. If this surprises you, choose Deny.',
  permissions: 'Permissions',
  newPermissions: 'New permissions',
  alreadyAllowed: 'Already allowed',
  nothingNew: 'It asks for nothing new: everything below was allowed before.',
  noPermissions: 'It asks for no permission beyond knowing who you are.',
  tools: { one: '{count} tool: {names}', other: '{count} tools: {names}' },
  needsApproval: 'needs approval each time',
  howLong: 'How long',
  deny: 'Deny',
  allowSelected: 'Allow selected',
  continue: 'Continue',
  technicalDetails: 'Technical details',
  clientId: 'Client id',
  redirectUri: 'Redirect URI',
  scopes: 'Scopes',
  noScopes: 'none',

  continueHeading: 'Back to {client}',
  continueAdvice: 'If nothing happens, choose Continue. Once {client} has opened, you can close this window.',

  movingHeading: 'One moment',
  movingAdvice: 'If nothing happens, choose Continue.',

  errorReason: 'Reason',
  errorName: 'Error',
  errorCode: 'Code',

  signOutHeading: 'Sign out?',
  signOutAdvice: 'To stay signed in as {login}, close this window.',
  signOut: 'Sign out',
  signedOutHeading: 'You are signed out',
  signedOutAdvice: 'You can close this window.',

  accountSignInPurpose: 'To see what you have allowed, and to take it back.',
  accountHeading: 'Your account',
  allowedHeading: 'Apps you have allowed',
  nothingAllowed: 'You have allowed nothing that is still in force.',
  lastUsed: 'last used {time}',
  neverUsed: 'never used',
  endsAt: 'ends {time}',
  untilTakenBack: 'until you take it back',
  takeBack: 'Take back',
  takeBackPermission: 'Take back: {description}, {client} at {resource}',
  takeBackServer: 'Take back everything for {resource}',
  takeBackClient: 'Take back everything from {client}',
  takeBackAdvice:
    'A token that an app holds already stops within seconds, or within minutes at a server that does not ask us.',
  passkeysHeading: 'Passkeys',
  passkeysAdvice:
    'With a passkey you sign in by your device: nothing that could be given away to a site that only looks like this one.',
  noPasskeysHere:
    'There are no passkeys here: the address of this server is an IP address, and browsers make passkeys for names only.',
  passkeySuspended: 'Stopped: it may have been copied. Remove it, then add a new one.',
  passkeyAdded: 'added {time}',
  removePasskey: 'Remove',
  removePasskeyNamed: 'Remove the passkey {name}',
  addPasskey: 'Add a passkey',
  newPasskeyAdvice: 'Your browser asks where to keep it. Whoever can unlock that device or account can sign in as you.',
  passkeyName: 'Name of the passkey',
  createPasskey: 'Create the passkey',
  backToAccount: 'Back to your account',
  confirmHeading: 'Show that it is you',
  confirmAdd: 'Before a passkey is added to the account {login}.',
  confirmRemove:
    'Before the passkey {name} is removed from the account {login}. Other browsers that signed in with a passkey are then signed out.',
  confirmByPasskey: 'Use a passkey',
  confirmLost: 'If you have none of your passkeys any more, your administrator can remove them.',

  sessionsHeading: 'Signed-in browsers',
  sessionsAdvice:
    'Signing out everywhere ends the sign-in of every browser, this one too. What apps were allowed stays allowed.',
  signOutEverywhere: 'Sign out everywhere',
  passwordHeading: 'Password',
  passwordAdvice: 'A new password signs you out everywhere and ends what every app was given.',
  currentPassword: 'Current password',
  newPassword: 'New password',
  changePassword: 'Change password',
} as const

const DURATION_CHOICES: Readonly<Record<Duration, string>> = {
  once: 'Just this once (a few minutes)',
  session: 'For this session ({time})',
  until_revoked: 'Until I take it back',
}

const PERMISSION_ENDS: Readonly<Record<Duration, string>> = {
  once: 'lasts a few minutes',
  session: 'lasts at most {time}',
  until_revoked: 'lasts until you take it back',
}

const MINUTE_SECONDS = 60
const HOUR_SECONDS = 60 * MINUTE_SECONDS

function formatTime(seconds: number): string {
  const inHours = seconds >= HOUR_SECONDS
  const unit = inHours ? 'hour' : 'minute'
  const format = new Intl.NumberFormat(MESSAGES.language, {
    style: 'unit',
    unit,
    unitDisplay: 'long',
    maximumFractionDigits: 1,
  })
  return format.format(inHours ? seconds / HOUR_SECONDS : Math.ceil(seconds / MINUTE_SECONDS))
}

/**
 * What a person reads beside the radio button of a duration.
 *
 * @param elevationSessionSeconds how long `session` lasts, in seconds.
 */
export function durationLabel(duration: Duration, elevationSessionSeconds: number): string {
  return DURATION_CHOICES[duration].replace('{time}', formatTime(elevationSessionSeconds))
}

/** What a person reads beside a permission: when it ends. */
export function permissionEnd(duration: Duration, elevationSessionSeconds: number): string {
  return PERMISSION_ENDS[duration].replace('{time}', formatTime(elevationSessionSeconds))
}

/** The form of a message that fits a count, by the plural rules of the catalogue's language. */
export function pluralForm<One extends string, Other extends string>(
  forms: { readonly one: One; readonly other: Other },
  count: number,
): One | Other {
  return new Intl.PluralRules(MESSAGES.language).select(count) === 'one' ? forms.one : forms.other
}
