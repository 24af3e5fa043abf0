import { buildErrorTitle, type Page } from './frame.ts'
import type { ErrorView } from './views.ts'

export function buildError(view: ErrorView): Page {
  return {
    frame: { title: buildErrorTitle(view.title), issuerHost: view.issuerHost },
    template: 'error',
    content: view,
  }
}
