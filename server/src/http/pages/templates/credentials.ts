/** `it.form`: where it posts to, its token, what was typed before. After a refused try the name is kept, the password never. */
export const CREDENTIALS = `<% const tried = it.form.error !== undefined %>
<% const described = tried ? 'error' : 'purpose' %>
<% if (tried) { %><%~ include('@alert', { error: it.form.error }) %><% } %>
<form method="post" action="<%= it.form.action %>">
<input type="hidden" name="csrf" value="<%= it.form.csrf %>">
<label for="login"><%= it.messages.login %></label>
<input class="text" type="text" id="login" name="login" value="<%= it.form.login %>" autocomplete="username" autocapitalize="none" spellcheck="false" required aria-describedby="<%= described %>"<% if (tried) { %> aria-invalid="true"<% } %>>
<label for="password"><%= it.messages.password %></label>
<input class="text" type="password" id="password" name="password" autocomplete="current-password" required<% if (tried) { %> aria-describedby="error" aria-invalid="true"<% } %>>
<div class="buttons"><button class="accept" type="submit"><%= it.messages.signIn %></button></div>
</form>`
