/** Each button is a form of its own and says what it takes back: a list of equal buttons tells a screen reader nothing. */
export const ACCOUNT = `<h1><%= it.messages.accountHeading %></h1>
<% if (it.error !== undefined) { %><%~ include('@alert', { error: it.error }) %><% } %>
<h2><%= it.messages.allowedHeading %></h2>
<% if (it.clients.length === 0) { %><p><%= it.messages.nothingAllowed %></p>
<% } else { %><p class="detail"><%= it.messages.takeBackAdvice %></p>
<% } %><% for (const app of it.clients) { %><section class="app">
<h3><bdi><%= app.name %></bdi></h3>
<span class="detail address <%= app.verification.kind %>"><%~ include('@sentence', { parts: app.verification.text }) %></span>
<% if (app.disguise) { %><span class="detail unverified"><%~ include('@sentence', { parts: app.disguise }) %></span>
<% } %><% for (const server of app.servers) { %><div class="server">
<bdi class="name"><%= server.resource.name %></bdi>
<span class="detail"><code><%= server.resource.uri %></code></span>
<span class="detail"><%= server.lastUsed %></span>
<ul class="permissions">
<% for (const permission of server.permissions) { %><li class="permission class-<%= permission.toolClass %>">
<div><span class="title"><%= permission.description %></span>
<span class="badge"><%= permission.classLabel %></span>
<span class="detail"><%= permission.end %></span></div>
<form method="post" action="<%= it.action %>"><input type="hidden" name="csrf" value="<%= it.csrf %>"><input type="hidden" name="consent" value="<%= server.consentId %>"><input type="hidden" name="scope" value="<%= permission.scope %>">
<button class="link" type="submit" name="change" value="permission" aria-label="<%= permission.takeBack %>"><%= it.messages.takeBack %></button></form>
</li>
<% } %></ul>
<form method="post" action="<%= it.action %>"><input type="hidden" name="csrf" value="<%= it.csrf %>"><input type="hidden" name="consent" value="<%= server.consentId %>">
<button class="link" type="submit" name="change" value="server"><%~ include('@sentence', { parts: server.takeBack }) %></button></form>
</div>
<% } %><form method="post" action="<%= it.action %>"><input type="hidden" name="csrf" value="<%= it.csrf %>"><input type="hidden" name="client" value="<%= app.clientId %>">
<button class="link" type="submit" name="change" value="client"><%~ include('@sentence', { parts: app.takeBack }) %></button></form>
</section>
<% } %><%~ include('@account-passkeys', it) %>
<h2><%= it.messages.sessionsHeading %></h2>
<p><%= it.messages.sessionsAdvice %></p>
<form id="sign-out" method="get" action="<%= it.signOutPath %>"></form>
<form method="post" action="<%= it.action %>"><input type="hidden" name="csrf" value="<%= it.csrf %>">
<div class="buttons"><button class="refuse" type="submit" form="sign-out"><%= it.messages.signOut %></button>
<button class="refuse" type="submit" name="change" value="sessions"><%= it.messages.signOutEverywhere %></button></div></form>
<h2><%= it.messages.passwordHeading %></h2>
<p id="password-advice"><%= it.messages.passwordAdvice %></p>
<form method="post" action="<%= it.action %>"><input type="hidden" name="csrf" value="<%= it.csrf %>">
<label for="login"><%= it.messages.login %></label>
<input class="text" type="text" id="login" name="login" value="<%= it.login %>" autocomplete="username" readonly>
<label for="password"><%= it.messages.currentPassword %></label>
<input class="text" type="password" id="password" name="password" autocomplete="current-password" required>
<label for="new-password"><%= it.messages.newPassword %></label>
<input class="text" type="password" id="new-password" name="new_password" autocomplete="new-password" required aria-describedby="password-advice">
<div class="buttons"><button class="refuse" type="submit" name="change" value="password"><%= it.messages.changePassword %></button></div>
</form>`
