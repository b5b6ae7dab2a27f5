/** Why there is no result, in words for the admin. */
export type Fault = { fault: string }

type Refused = { errors?: Array<{ message: string; data?: { errors?: Array<{ message: string }> } }> }

/**
 * Posts to the hub as the panel's admin. Returns the response's body, or a fault: the hub's own message, else `refused`;
 * `unreachable` if there was no response. Never throws.
 */
export async function ask<Body extends object>(
  address: string,
  sent: object,
  refused: string,
  unreachable = 'The hub did not answer. Try again.',
): Promise<Body | Fault> {
  try {
    const response = await fetch(address, {
      method: 'POST',
      credentials: 'include',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(sent),
    })
    const body = (await response.json()) as Body & Refused
    if (response.ok) return body
    const first = body.errors?.[0]
    return { fault: first?.data?.errors?.[0]?.message ?? first?.message ?? refused }
  } catch {
    return { fault: unreachable }
  }
}
