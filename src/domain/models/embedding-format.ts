type Json = Record<string, unknown>

/**
 * An answer with vectors in the form that was asked for: numbers, or base64 as OpenAI has it. Servers know one of them, or
 * answer as they like. Null where each is in that form already.
 */
export function inFormat(answer: Json, format: unknown): Json | null {
  const isBase64 = format === 'base64'
  const data = Array.isArray(answer.data) ? (answer.data as Json[]) : []
  const isOther = ({ embedding }: Json) => (isBase64 ? isVector(embedding) : typeof embedding === 'string')
  if (!data.some((one) => isObject(one) && isOther(one))) return null
  const shown = data.map((one) =>
    isObject(one) && isOther(one)
      ? {
          ...one,
          embedding: isBase64 ? toBase64(one.embedding as number[]) : fromBase64(String(one.embedding)),
        }
      : one,
  )
  return { ...answer, data: shown }
}

/** OpenAI's own form: 32-bit floats, the lowest byte first. */
export function toBase64(vector: number[]): string {
  const bytes = Buffer.alloc(vector.length * 4)
  for (const [at, number] of vector.entries()) bytes.writeFloatLE(number, at * 4)
  return bytes.toString('base64')
}

function fromBase64(text: string): number[] {
  const bytes = Buffer.from(text, 'base64')
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => bytes.readFloatLE(at * 4))
}

const isVector = (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === 'number')

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null
