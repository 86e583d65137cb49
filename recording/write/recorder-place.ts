// Where the thread of a recorder is. A module of its own, because it is the only one that must lie beside it.
export const recorderThread = new URL('./recorder-thread', import.meta.url)
