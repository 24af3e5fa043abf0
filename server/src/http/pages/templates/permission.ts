/** `it.permission`: Permission. With `it.id` a row with a box, without it a row to read. The class is a word, not only a colour. */
export const PERMISSION = `<li class="permission class-<%= it.permission.toolClass %>">
<% if (it.id) { %><input type="checkbox" id="<%= it.id %>" name="scope" value="<%= it.permission.scope %>"<% if (it.permission.isTicked) { %> checked<% } %> aria-describedby="<%= it.id %>-class <%= it.id %>-about">
<% } %><div>
<% if (it.id) { %><label class="title" for="<%= it.id %>"><%= it.permission.description %></label><% } else { %><span class="title"><%= it.permission.description %></span><% } %>
<span class="badge"<% if (it.id) { %> id="<%= it.id %>-class"<% } %>><%= it.permission.classLabel %></span>
<span class="detail"<% if (it.id) { %> id="<%= it.id %>-about"<% } %>>
<% if (it.permission.tools) { %><span class="item"><%~ include('@sentence', { parts: it.permission.tools }) %></span>
<% } %><% if (it.permission.needsApproval) { %><span class="item"><%= it.messages.needsApproval %></span>
<% } %><% for (const end of it.permission.ends) { %><span class="item end<% if (end.isPreselected) { %> preselected<% } %><% for (const choice of end.choices) { %> if-<%= choice %><% } %>"><%= end.text %></span>
<% } %></span>
</div>
</li>`
