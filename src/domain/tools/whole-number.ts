/** A field's check: nothing, or a whole number in these bounds. */
export const whole = (least: number, most: number) => (value: unknown) =>
  value === null ||
  value === undefined ||
  (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) ||
  `A whole number from ${least} to ${most} is required`
