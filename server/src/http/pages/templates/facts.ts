/** `it.facts`: Facts. Addresses are text, never links: before a decision nobody should visit a client's site from here. */
export const FACTS = `<dl class="facts">
<div><dt><%= it.messages.requestedBy %></dt>
<dd><bdi class="name"><%= it.facts.clientName %></bdi>
<span class="detail address <%= it.facts.verification.kind %>"><%~ include('@sentence', { parts: it.facts.verification.text }) %></span>
<% if (it.facts.disguise) { %><span class="detail unverified"><%~ include('@sentence', { parts: it.facts.disguise }) %></span>
<% } %></dd></div>
<div><dt><%= it.messages.worksOn %></dt>
<dd><bdi class="name"><%= it.facts.resource.name %></bdi>
<code class="detail"><%= it.facts.resource.uri %></code>
<% if (it.facts.resourceNote) { %><span class="detail"><%~ include('@sentence', { parts: it.facts.resourceNote }) %></span>
<% } %></dd></div>
<% if (it.facts.sendsBackTo) { %><div><dt><%= it.messages.sendsYouBackTo %></dt>
<dd class="address"><%~ include('@sentence', { parts: it.facts.sendsBackTo }) %></dd></div>
<% } %></dl>`
