export const SIGN_OUT = `<h1><%= it.messages.signOutHeading %></h1>
<p><%~ include('@sentence', { parts: it.advice }) %></p>
<form method="post" action="<%= it.action %>">
<input type="hidden" name="csrf" value="<%= it.csrf %>">
<div class="buttons"><button class="accept" type="submit" name="decision" value="sign-out"><%= it.messages.signOut %></button></div>
</form>`
