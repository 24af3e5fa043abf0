/** What to tell the operator stands at the end, as text that can be copied. */
export const ERROR = `<h1><%= it.title %></h1>
<p><%= it.message %></p>
<p><%= it.advice %></p>
<dl class="technical">
<% if (it.reason !== undefined) { %><dt><%= it.messages.errorReason %></dt>
<dd><%= it.reason %></dd>
<% } %><dt><%= it.messages.errorName %></dt>
<dd><code><%= it.error %></code></dd>
<dt><%= it.messages.errorCode %></dt>
<dd><code><%= it.code %></code></dd>
<dt><%= it.messages.requestId %></dt>
<dd><code><%= it.correlationId %></code></dd>
</dl>`
