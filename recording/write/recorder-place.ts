// Where the thread of a recorder is: the only module that must lie beside it.
export const recorderThread = new URL('./recorder-thread', import.meta.url)
