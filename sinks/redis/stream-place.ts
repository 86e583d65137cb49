// Where the thread of `redisStream` is: the only module that must lie beside it.
export const streamThread = new URL('./stream-worker', import.meta.url)
