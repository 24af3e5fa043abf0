/** `it.error`: one sentence; fields point at `error` by aria-describedby. */
export const ALERT = `<p class="notice notice-error" id="error" role="alert"><%= it.error %></p>`
