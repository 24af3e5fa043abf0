/** `it.passkeys`: undefined where there can be none. */
export const ACCOUNT_PASSKEYS = `<h2><%= it.messages.passkeysHeading %></h2>
<% if (it.passkeys === undefined) { %><p><%= it.messages.noPasskeysHere %></p>
<% } else { %><p><%= it.messages.passkeysAdvice %></p>
<% if (it.passkeys.length > 0) { %><ul class="permissions">
<% for (const passkey of it.passkeys) { %><li class="permission class-<%= passkey.isSuspended ? 'destructive' : 'discovery' %>">
<div><span class="title"><bdi><%= passkey.name %></bdi></span>
<% if (passkey.isSuspended) { %><span class="detail"><%= it.messages.passkeySuspended %></span>
<% } %><span class="detail"><%= passkey.added %>, <%= passkey.lastUsed %></span></div>
<form method="post" action="<%= it.action %>"><input type="hidden" name="csrf" value="<%= it.csrf %>"><input type="hidden" name="passkey" value="<%= passkey.id %>">
<button class="link" type="submit" name="change" value="remove-passkey" aria-label="<%= passkey.remove %>"><%= it.messages.removePasskey %></button></form>
</li>
<% } %></ul>
<% } %><form method="post" action="<%= it.action %>"><input type="hidden" name="csrf" value="<%= it.csrf %>">
<div class="buttons"><button class="refuse" type="submit" name="change" value="add-passkey"><%= it.messages.addPasskey %></button></div></form>
<% } %>`
