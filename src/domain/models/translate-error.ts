/** A part of a request that this kind of provider does not know; the message is for the caller. */
export class Untranslatable extends Error {
  override name = 'Untranslatable'
}
