export const NEW_PASSKEY = `<h1><%= it.messages.addPasskey %></h1>
<p><%= it.messages.newPasskeyAdvice %></p>
<%~ include('@passkey', { form: it.passkey, messages: it.messages }) %>
<p><a class="link" href="<%= it.accountPath %>"><%= it.messages.backToAccount %></a></p>`
