/** Deny is the first button of its form: Enter presses the first one, and must never mean Allow. */
export const CONSENT = `<h1 class="question"><%~ include('@sentence', { parts: it.heading }) %></h1>
<% if (it.error !== undefined) { %><%~ include('@alert', { error: it.error }) %><% } %>
<%~ include('@facts', { facts: it.facts }) %>
<% if (it.changes) { %><div class="notice notice-warning">
<p><strong><%~ include('@sentence', { parts: it.changes.heading }) %></strong></p>
<ul class="changes">
<% for (const change of it.changes.list) { %><li><%~ include('@sentence', { parts: change }) %></li>
<% } %></ul>
<p><%= it.changes.advice %></p>
</div>
<% } %><% if (it.warning) { %><div class="notice notice-warning">
<p><strong><%~ include('@sentence', { parts: it.warning.heading }) %></strong></p>
<p><%~ include('@sentence', { parts: it.warning.text }) %></p>
</div>
<% } %><form method="post" action="<%= it.action %>">
<input type="hidden" name="csrf" value="<%= it.csrf %>">
<% if (it.newPermissions.length > 0) { %><fieldset<% if (it.error !== undefined) { %> aria-describedby="error"<% } %>>
<legend><%= it.legend %> <span class="count"><%= it.newPermissions.length %></span></legend>
<ul class="permissions">
<% it.newPermissions.forEach((permission, index) => { %><%~ include('@permission', { permission, id: 'scope-' + index }) %>
<% }) %></ul>
</fieldset>
<% } else { %><p><%= it.nothingNew %></p>
<% } %><% if (it.alreadyAllowed.length > 0) { %><details>
<summary><%= it.messages.alreadyAllowed %> (<%= it.alreadyAllowed.length %>)</summary>
<ul class="permissions">
<% for (const permission of it.alreadyAllowed) { %><%~ include('@permission', { permission }) %>
<% } %></ul>
</details>
<% } %><% if (it.durations.length > 0) { %><fieldset>
<legend><%= it.messages.howLong %></legend>
<% for (const duration of it.durations) { %><label class="choice"><input type="radio" name="duration" value="<%= duration.value %>"<% if (duration.selected) { %> checked<% } %>> <%= duration.label %></label>
<% } %></fieldset>
<% } %><div class="buttons">
<button class="refuse" type="submit" name="decision" value="deny"><%= it.messages.deny %></button>
<button class="accept" type="submit" name="decision" value="allow"><%= it.allowLabel %></button>
</div>
</form>
<details>
<summary><%= it.messages.technicalDetails %></summary>
<dl class="technical">
<dt><%= it.messages.clientId %></dt>
<dd><code><%= it.details.clientId %></code></dd>
<dt><%= it.messages.redirectUri %></dt>
<dd><code><%= it.details.redirectUri %></code></dd>
<dt><%= it.messages.scopes %></dt>
<dd><code><%= it.details.scopes %></code></dd>
<dt><%= it.messages.requestId %></dt>
<dd><code><%= it.correlationId %></code></dd>
</dl>
</details>`
