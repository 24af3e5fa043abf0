export const SIGNED_OUT = `<h1><%= it.messages.signedOutHeading %></h1>
<p><%= it.messages.signedOutAdvice %></p>`
