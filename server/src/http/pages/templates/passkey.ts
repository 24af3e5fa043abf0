/**
 * `it.form`: where it posts to, its token, the options, the label of its button, further fields. The script shows the form where
 * the browser can fill it in, and one of the sentences when it does not; without scripts nothing of it is seen.
 */
export const PASSKEY = `<form method="post" action="<%= it.form.action %>" data-passkey="<%= it.form.options %>" data-ceremony="<%= it.form.ceremony %>" hidden>
<input type="hidden" name="csrf" value="<%= it.form.csrf %>"><input type="hidden" name="credential">
<% for (const [name, value] of Object.entries(it.form.fields)) { %><input type="hidden" name="<%= name %>" value="<%= value %>">
<% } %><% if (it.form.name !== undefined) { %><label for="passkey-name"><%= it.messages.passkeyName %></label>
<input class="text" type="text" id="passkey-name" name="name" value="<%= it.form.name %>" maxlength="64" autocomplete="off" required>
<% } %><div role="status"><p class="detail" data-when="waiting" hidden><%= it.messages.passkeyWaiting %></p></div>
<div role="alert"><p class="notice notice-error" data-when="stopped" hidden><%= it.messages.passkeyStopped %></p>
<p class="notice notice-error" data-when="known" hidden><%= it.messages.passkeyKnown %></p>
<p class="notice notice-error" data-when="failed" hidden><%= it.messages.passkeyFailed %></p></div>
<div class="buttons"><button class="<%= it.form.isMain ? 'accept' : 'refuse' %>" type="submit"><%= it.form.label %></button></div>
</form>
<% if (it.form.isMain) { %><p class="notice notice-warning" data-unsupported hidden><%= it.messages.passkeyUnsupported %></p>
<p class="notice notice-warning" data-scriptless><%= it.messages.passkeyNoScript %></p>
<% } %>`
