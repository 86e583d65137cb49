// The bytes that give a frame its form.

/** `^`, between values. */
export const caret = 94
/** `|`, between the parts of an envelope. */
export const bar = 124
/** `{`, at the beginning of a control message. */
export const brace = 123
/** `0`: at the beginning of a frame, its payload is not encrypted. */
export const zero = 48
/** `1`: at the beginning of a frame, its payload is encrypted. */
export const one = 49
