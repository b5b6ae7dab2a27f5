/**
 * A password in the one form in which it is checked, hashed and compared, as RFC 8265 (OpaqueString) says: every kind of
 * space is U+0020, and letters are composed (NFC). So a password is the same whichever keyboard or system typed it.
 * Case and width stay as they are.
 */
export function passwordForm(password: string): string {
  return password.replace(/\p{Zs}/gu, ' ').normalize('NFC')
}
