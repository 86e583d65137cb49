// Where the thread of `jsonLines` is. A module of its own, because it is the only one that must lie beside it.
export const jsonLinesThread = new URL('./json-lines-worker', import.meta.url)
