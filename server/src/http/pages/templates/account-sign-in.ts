export const ACCOUNT_SIGN_IN = `<h1><%= it.messages.signInHeading %></h1>
<p id="purpose"><%= it.messages.accountSignInPurpose %></p>
<%~ include('@credentials', { form: it, messages: it.messages }) %>
<% if (it.passkey) { %><%~ include('@passkey', { form: it.passkey, messages: it.messages }) %><% } %>`
