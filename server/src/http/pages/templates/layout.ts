/**
 * The frame of every page. The issuer's host is the first thing to read, so that a person can compare it with the
 * address bar. The form of "Not you?" comes last: the first form of a page is its own.
 */
export const LAYOUT = `<!doctype html>
<html lang="<%= it.messages.language %>">
<head>
<meta charset="utf-8">
<title><%= it.title %></title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<% if (it.refreshTo !== undefined) { %><meta http-equiv="refresh" content="0;url=<%= it.refreshTo %>">
<% } %><link rel="icon" href="data:,">
<link rel="stylesheet" href="<%= it.stylesheetPath %>">
<% if (it.scriptPath !== undefined) { %><script src="<%= it.scriptPath %>" defer></script>
<% } %></head>
<body>
<div class="page">
<header>
<b class="issuer"><%= it.issuerHost %></b>
<% if (it.signedInAs) { %><span><%~ include('@sentence', { parts: it.signedInAs }) %></span>
<% } %><% if (it.switchAccount) { %><button class="link" type="submit" form="switch-account" name="decision" value="switch"><%= it.messages.notYou %></button>
<% } %></header>
<main>
<%~ it.body %>
</main>
<% if (it.footerRequestId !== undefined) { %><footer><%= it.messages.requestId %> <code><%= it.footerRequestId %></code></footer>
<% } %></div>
<% if (it.switchAccount) { %><form id="switch-account" method="post" action="<%= it.switchAccount.action %>"><input type="hidden" name="csrf" value="<%= it.switchAccount.csrf %>"></form>
<% } %></body>
</html>
`
