import { PAGE_SCRIPT } from './page-script'
import { PAGE_STYLE } from './page-style'

type Page = { title: string; form: string }

/** The pages that mailed links open when `EMAIL_LINK_URL` names no other. Opening one spends nothing. */
const PAGES: Record<string, Page> = {
  '/account/reset-password': {
    title: 'Choose a new password',
    form: `<form data-call="/api/v1/auth/password-reset/" data-done="Your password is changed. You can sign in with it.">
      <label for="password">New password</label>
      <input id="password" name="new_password" type="password" autocomplete="new-password" minlength="8" required>
      <p class="hint">At least 8 characters, with lower case, upper case, a digit and a special character.</p>
      <button>Change the password</button>
    </form>`,
  },
  '/account/confirm-email': {
    title: 'Confirm your email address',
    form: `<form data-call="/api/v1/auth/confirm-email/" data-done="Your address is confirmed. You can sign in now.">
      <button>Confirm</button>
    </form>`,
  },
}

const FILES: Record<string, { type: string; text: string }> = {
  '/account/page.js': { type: 'text/javascript', text: PAGE_SCRIPT },
  '/account/page.css': { type: 'text/css', text: PAGE_STYLE },
}

/** The response to a request below `/account/`; null for a path without a page. */
export function answerAccountPage(
  method: string,
  path: string,
): { status: number; type: string; body: string } | null {
  const page = PAGES[path]
  const file = FILES[path]
  if (!page && !file) return null
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, type: 'text/plain', body: 'Only GET' }
  if (file) return { status: 200, type: `${file.type}; charset=utf-8`, body: file.text }
  return { status: 200, type: 'text/html; charset=utf-8', body: html(page as Page) }
}

/** No script or style stands in the page, no other host is named, and the address is not handed on. */
export const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

function html({ title, form }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="stylesheet" href="/account/page.css">
<script src="/account/page.js" defer></script>
</head>
<body><main><h1>${title}</h1>${form}<p role="status" id="outcome"></p></main></body>
</html>
`
}
