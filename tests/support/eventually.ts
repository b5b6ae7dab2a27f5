/**
 * Runs a check of times up to so often and passes when it holds once: another load on the machine can only
 * spoil a measurement, while a fault of the code spoils every one.
 */
export async function eventually(attempts: number, check: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await check()
    } catch (error) {
      if (attempt >= attempts) throw error
    }
  }
}
