export const CONFIRM = `<h1><%= it.messages.confirmHeading %></h1>
<p id="purpose"><%~ include('@sentence', { parts: it.purpose }) %></p>
<% if (it.error !== undefined) { %><%~ include('@alert', { error: it.error }) %><% } %>
<% if (it.passkey) { %><%~ include('@passkey', { form: it.passkey, messages: it.messages }) %>
<p class="detail"><%= it.messages.confirmLost %></p>
<% } else { %><form method="post" action="<%= it.action %>">
<input type="hidden" name="csrf" value="<%= it.csrf %>">
<% for (const [name, value] of Object.entries(it.fields)) { %><input type="hidden" name="<%= name %>" value="<%= value %>">
<% } %><label for="login"><%= it.messages.login %></label>
<input class="text" type="text" id="login" name="login" value="<%= it.login %>" autocomplete="username" readonly>
<label for="password"><%= it.messages.currentPassword %></label>
<input class="text" type="password" id="password" name="password" autocomplete="current-password" required aria-describedby="<%= it.error === undefined ? 'purpose' : 'error' %>"<% if (it.error !== undefined) { %> aria-invalid="true"<% } %>>
<div class="buttons"><button class="accept" type="submit"><%= it.messages.continue %></button></div>
</form>
<% } %><p><a class="link" href="<%= it.accountPath %>"><%= it.messages.backToAccount %></a></p>`
