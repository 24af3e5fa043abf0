import { describe, expect, it } from 'vitest'
import type { Answers } from '../../src/browser/browser.ts'
import { nextStep, type Step } from '../../src/browser/next-step.ts'
import { readPage } from '../../src/browser/page.ts'

const ALLOW: Answers = { person: { login: 'alice', password: 'pass word' }, decision: 'allow' }
const DENY: Answers = { ...ALLOW, decision: 'deny' }

const step = (html: string, answers = ALLOW, status = 200): Step =>
  nextStep(readPage(html, 'https://as.example/login?x=1'), status, answers)

function submitted(html: string, answers = ALLOW) {
  const taken = step(html, answers)
  return taken.kind === 'submit' ? { purpose: taken.purpose, action: taken.form.action, entries: taken.entries } : taken
}

const CONSENT = `<form method="post" action="/decide"><input type="hidden" name="csrf" value="c">
  <input type="checkbox" name="scope" value="read" checked><input type="checkbox" name="scope" value="write">
  <input type="radio" name="duration" value="once"><input type="radio" name="duration" value="session" checked>
  <button name="decision" value="deny">Do not allow</button><button name="decision" value="allow">Allow reading</button></form>`

describe('what the browser does on a page', () => {
  it('signs in where a password is asked for, with every hidden field', () => {
    const html = `<form method=post action="../in"><input type=hidden name=csrf value="a&amp;b">
      <input name=remember type=checkbox><input name=email type=email><input name=pw type=password><button>Sign in</button></form>`
    expect(submitted(html)).toEqual({
      purpose: 'sign-in',
      action: 'https://as.example/in',
      entries: [
        ['csrf', 'a&b'],
        ['email', 'alice'],
        ['pw', 'pass word'],
      ],
    })
  })

  it('does not take a form that makes an account for one to sign in by', () => {
    const html = `<form action=/up method=post><input name=email><input type=password name=p><button>Create account</button></form>
      <form action=/in method=post><input name=user><input type=password name=p><button>Log in</button></form>`
    expect(submitted(html)).toMatchObject({ action: 'https://as.example/in' })
  })

  it('names who it is where the password is asked for on the next page', () => {
    const html = `<form method=post action=/who><input name=identifier><button>Next</button></form>`
    expect(submitted(html)).toMatchObject({ purpose: 'login', entries: [['identifier', 'alice']] })
  })

  it('agrees by the button that allows, with boxes as the page has them', () => {
    expect(submitted(CONSENT)).toMatchObject({
      purpose: 'consent',
      entries: [
        ['csrf', 'c'],
        ['scope', 'read'],
        ['duration', 'session'],
        ['decision', 'allow'],
      ],
    })
  })

  it('ticks the scopes that it is told, and chooses what it is told', () => {
    const answers: Answers = { ...ALLOW, scopes: ['write'], choices: { duration: 'once' } }
    expect(submitted(CONSENT, answers)).toMatchObject({
      entries: [
        ['csrf', 'c'],
        ['scope', 'write'],
        ['duration', 'once'],
        ['decision', 'allow'],
      ],
    })
  })

  it('denies by the button that denies, whatever else it says', () => {
    const taken = submitted(CONSENT, DENY)
    expect(taken).toMatchObject({ purpose: 'consent' })
    expect('entries' in taken && taken.entries.at(-1)).toEqual(['decision', 'deny'])
  })

  it.each(['Allow', 'Approve', 'Authorize app', 'Authorise', 'Accept', 'Continue', 'Yes, continue', 'I agree'])(
    'takes a button "%s" for consent',
    (text) => {
      expect(
        step(`<form method=post action=/c><button>Cancel</button><button name=b value=1>${text}</button></form>`),
      ).toMatchObject({
        kind: 'submit',
        entries: [['b', '1']],
      })
    },
  )

  it('denies by a link where there is no button for it, and is stuck where there is nothing', () => {
    const form = '<form method=post action=/c><button>Continue</button></form>'
    expect(step(`${form}<a href="/abort">[ Cancel ]</a>`, DENY)).toEqual({
      kind: 'follow',
      url: 'https://as.example/abort',
    })
    expect(step(form, DENY)).toMatchObject({ kind: 'stuck' })
  })

  it('gives a button to the form that it names, not to the one around it', () => {
    const html = `<form id=a method=post action=/a></form><form id=b method=post action=/b><button form=a name=go value=allow>Allow</button></form>`
    expect(submitted(html)).toMatchObject({ action: 'https://as.example/a', entries: [['go', 'allow']] })
  })

  it('goes on where the page goes on', () => {
    expect(step('<meta http-equiv="Refresh" content="0;url=/next?a=1&amp;b=2">')).toEqual({
      kind: 'follow',
      url: 'https://as.example/next?a=1&b=2',
    })
    expect(step('<a rel="nofollow next" href="on">On</a>')).toEqual({ kind: 'follow', url: 'https://as.example/on' })
  })

  it('presses no button that it does not understand', () => {
    expect(step('<form method=post action=/x><button>Delete my account</button></form>')).toMatchObject({
      kind: 'stuck',
    })
  })

  it('says of a page that is made by JavaScript that it needs it', () => {
    expect(step('<div id=root></div><script src=/app.js></script>')).toEqual({
      kind: 'stuck',
      why: 'the page needs JavaScript',
    })
  })

  it('knows an error page by its status or its words', () => {
    expect(step('<p>Oh</p>', ALLOW, 400)).toEqual({ kind: 'error page' })
    expect(step('<h1>Invalid redirect URI</h1>')).toEqual({ kind: 'error page' })
  })
})
