/** The link is for browsers that do not move on by themselves; only `<a>`, a `<link rel="next">` would be prefetched. */
export const CONTINUE_ON = `<h1 class="question"><%~ include('@sentence', { parts: it.heading }) %></h1>
<p><%~ include('@sentence', { parts: it.advice }) %></p>
<div class="buttons"><a class="button accept" rel="next" href="<%= it.next %>"><%= it.messages.continue %></a></div>`
