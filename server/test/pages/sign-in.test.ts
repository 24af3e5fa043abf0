import { describe, expect, it } from 'vitest'
import { createPages } from '../../src/http/pages/index.ts'
import { findTags, textOf, titleOf, valuesOf } from './markup.ts'
import { signIn } from './sample-views.ts'

const pages = createPages({ basePath: '' })

describe('the sign-in page', () => {
  it('says which app asks for which server before it asks for a password', () => {
    const text = textOf(pages.signIn(signIn))
    expect(text).toContain('Acme IDE asks to use GitHub MCP.')
    expect(text).toContain('verified domain ide.acme.dev')
    expect(text.indexOf('GitHub MCP')).toBeLessThan(text.indexOf('Password'))
  })

  it('has the fields of scripted logins, open to password managers', () => {
    const html = pages.signIn(signIn)
    const [form] = findTags(html, 'form')
    expect(form?.attributes.get('method')).toBe('post')
    expect(form?.attributes.get('action')).toBe(signIn.action)
    expect(valuesOf(findTags(html, 'input', { name: 'csrf' }), 'value')).toEqual([signIn.csrf])
    expect(valuesOf(findTags(html, 'input', { name: 'login' }), 'autocomplete')).toEqual(['username'])
    const [password] = findTags(html, 'input', { name: 'password' })
    expect(password?.attributes.get('type')).toBe('password')
    expect(password?.attributes.get('autocomplete')).toBe('current-password')
    expect(findTags(html, 'label').map((label) => label.attributes.get('for'))).toEqual(['login', 'password'])
  })

  it('links the error of a second try to both fields, names it in the title and keeps the user name', () => {
    const html = pages.signIn({ ...signIn, login: 'alice', error: 'The user name or password is wrong.' })
    expect(titleOf(html)).toBe('Error: The user name or password is wrong. · Sign in · auth.example.com')
    expect(valuesOf(findTags(html, 'p', { id: 'error' }), 'role')).toEqual(['alert'])
    for (const name of ['login', 'password']) {
      const [field] = findTags(html, 'input', { name })
      expect(field?.attributes.get('aria-describedby')).toBe('error')
      expect(field?.attributes.get('aria-invalid')).toBe('true')
    }
    expect(valuesOf(findTags(html, 'input', { name: 'login' }), 'value')).toEqual(['alice'])
    expect(findTags(html, 'input', { name: 'password' })[0]?.attributes.has('value')).toBe(false)
  })

  it('has no error on the first try', () => {
    const html = pages.signIn(signIn)
    expect(titleOf(html)).toBe('Sign in · auth.example.com')
    expect(findTags(html, 'p', { id: 'error' })).toEqual([])
    expect(html).not.toContain('aria-invalid')
  })
})
