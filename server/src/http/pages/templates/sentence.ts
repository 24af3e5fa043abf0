/** `it.parts`: a Sentence. Values are isolated, so that a name in another script cannot reorder our words. */
export const SENTENCE = `<% for (const part of it.parts) { %><% if (part.isValue) { %><bdi><%= part.text %></bdi><% } else { %><%= part.text %><% } %><% } %>`
