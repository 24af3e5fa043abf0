export const SIGN_IN = `<h1><%= it.messages.signInHeading %></h1>
<p id="purpose"><%~ include('@sentence', { parts: it.purpose }) %></p>
<%~ include('@facts', { facts: it.facts }) %>
<%~ include('@credentials', { form: it, messages: it.messages }) %>`
