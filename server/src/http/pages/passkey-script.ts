/**
 * The one script file: it asks the browser for what the form's options say, puts the answer into the form, and sends the form. It
 * reads nothing else and sends nothing by itself. Where the browser lacks what it takes, the page stays as it is without scripts.
 * @see Web Authentication Level 3 §5.1.8, §5.1.9 (options from JSON), §5.1 (toJSON)
 */
export const PASSKEY_SCRIPT = `'use strict'
const able =
  typeof PublicKeyCredential === 'function' &&
  typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function' &&
  typeof PublicKeyCredential.parseCreationOptionsFromJSON === 'function'

const ceremonies = {
  get: (options) =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
  create: (options) =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
}

const WHEN = { NotAllowedError: 'stopped', AbortError: 'stopped', InvalidStateError: 'known' }

function say(form, when) {
  for (const sentence of form.querySelectorAll('[data-when]')) sentence.hidden = sentence.dataset.when !== when
}

async function fill(form) {
  const button = form.querySelector('button')
  button.disabled = true
  say(form, 'waiting')
  try {
    const credential = await ceremonies[form.dataset.ceremony](JSON.parse(form.dataset.passkey))
    form.elements.namedItem('credential').value = JSON.stringify(credential)
    form.submit()
  } catch (error) {
    say(form, WHEN[error.name] ?? 'failed')
    button.disabled = false
  }
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  form.hidden = !able
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    fill(form)
  })
}
for (const sentence of document.querySelectorAll('[data-unsupported]')) sentence.hidden = able
for (const sentence of document.querySelectorAll('[data-scriptless]')) sentence.hidden = true

// A page that comes back out of the browser's memory: its button worked once.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload()
})
`
