// Reads values of REST bodies: all of them are text. A field that is missing or unreadable is reported by
// name, and nothing is guessed.
import { z } from 'zod'
import { KisError } from '../errors.ts'

/** `314000`, `169.7850`, `-0.56`; padded with spaces at times. */
export const number = z
  .string()
  .trim()
  .regex(/^[+-]?\d+(\.\d+)?$/, 'is no number')
  .transform(Number)

/** Null where it is empty, as prices beside a trade may be. */
export const numberOrNull = z
  .string()
  .trim()
  .regex(/^([+-]?\d+(\.\d+)?)?$/, 'is no number')
  .transform(text => (text === '' ? null : Number(text)))

/** 090001 → 90001. */
export const timeDigits = z
  .string()
  .regex(/^\d{6}$/, 'is no time')
  .transform(Number)

/** 20260914. */
export const dateDigits = z
  .string()
  .regex(/^\d{8}$/, 'is no date')
  .transform(Number)

/** Rows of an answer. KIS writes a row of empty values for no rows. */
export function rowsOf<T extends z.ZodType<unknown, Record<string, unknown>>>(row: T) {
  return z
    .array(z.record(z.string(), z.unknown()))
    .transform(rows => rows.filter(values => Object.values(values).some(value => value !== '')))
    .pipe(z.array(row))
}

/** Throws a KisError that names the first field that is not as documented, as `output2.0.cnqn`. */
export function readBody<T extends z.ZodType>(shape: T, body: unknown, path: string): z.output<T> {
  const parsed = shape.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = issue?.path.join('.') || 'body'
  const text = `${path} answered with ${field}: ${issue?.message}; KIS may have changed its answer, please report it`
  throw new KisError('server', text, { retryable: false })
}
