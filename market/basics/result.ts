// What came of reading an input: its value, or what is wrong with it.

/** `problem`: a sentence for the author of the input. */
export type Result<T> = { readonly value: T } | { readonly problem: string }
