// Where the thread of `jsonLines` is: the only module that must lie beside it.
export const jsonLinesThread = new URL('./json-lines-worker', import.meta.url)
