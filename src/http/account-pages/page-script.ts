/** Sends the form with the token of the address (`#token=…`, which no server log sees) to the versioned API. */
export const PAGE_SCRIPT = `
const form = document.querySelector('form')
const outcome = document.getElementById('outcome')
const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? ''

function say(text, failed) {
  outcome.textContent = text
  outcome.className = failed ? 'failed' : 'done'
}

if (!token) {
  form.remove()
  say('This link is not complete. Open it again from the mail.', true)
}

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const button = form.querySelector('button')
  button.disabled = true
  const fields = Object.fromEntries(new FormData(form))
  try {
    const answer = await fetch(form.dataset.call + encodeURIComponent(token), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      ...(Object.keys(fields).length > 0 ? { body: JSON.stringify(fields) } : {}),
    })
    const { error } = await answer.json()
    if (!error) {
      say(form.dataset.done, false)
      form.remove()
      history.replaceState(null, '', location.pathname)
      return
    }
    const details = (error.details ?? []).map((detail) => detail.message).filter(Boolean)
    say(details.length > 0 ? details.join('. ') : error.message, true)
  } catch {
    say('The hub did not answer. Try again in a moment.', true)
  }
  button.disabled = false
})
`
