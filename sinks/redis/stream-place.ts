// Where the thread of `redisStream` is. A module of its own, because it is the only one that must lie beside it.
export const streamThread = new URL('./stream-worker', import.meta.url)
