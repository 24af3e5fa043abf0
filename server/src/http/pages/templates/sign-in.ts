/** Where the app asks for a passkey there is no field for a password: what is not accepted is not asked for. */
export const SIGN_IN = `<h1><%= it.heading %></h1>
<p id="purpose"><%~ include('@sentence', { parts: it.purpose }) %></p>
<%~ include('@facts', { facts: it.facts }) %>
<% if (it.passkeyOnly) { %><% if (it.error !== undefined) { %><%~ include('@alert', { error: it.error }) %><% } %>
<% if (it.passkeyOnly.without) { %><div class="notice notice-warning">
<p><strong><%~ include('@sentence', { parts: it.passkeyOnly.without }) %></strong></p>
<p><%= it.messages.passkeyFirst %> <a class="link" href="<%= it.passkeyOnly.accountPath %>" target="_blank" rel="noopener"><%= it.messages.openAccount %></a></p>
</div>
<% } %><%~ include('@passkey', { form: it.passkey, messages: it.messages }) %>
<% if (!it.passkeyOnly.without) { %><p class="detail"><%= it.messages.passkeyNone %> <a class="link" href="<%= it.passkeyOnly.accountPath %>" target="_blank" rel="noopener"><%= it.messages.openAccount %></a></p>
<% } %><form method="post" action="<%= it.action %>">
<input type="hidden" name="csrf" value="<%= it.csrf %>">
<p class="detail" id="without"><%~ include('@sentence', { parts: it.passkeyOnly.refuseAdvice }) %></p>
<div class="buttons"><button class="refuse" type="submit" name="decision" value="no-passkey" aria-describedby="without"><%= it.messages.refusePasskey %></button></div>
</form>
<% } else { %><%~ include('@credentials', { form: it, messages: it.messages }) %>
<% if (it.passkey) { %><%~ include('@passkey', { form: it.passkey, messages: it.messages }) %><% } %>
<% } %>`
