// What may be an address of Redis. Apart from the connection, so that whoever only hands one on does not load a client.

/** Throws on an address that is none, without telling it: there may be a password in it. */
export function checkRedisUrl(url: string): void {
  const isSocket = /^\/(?!\/)/.test(url)
  if (isSocket || (/^rediss?:\/\//.test(url) && URL.canParse(url))) return
  throw new TypeError(
    'the address of Redis: expected redis://host:6379, rediss://host:6379, or the path of a socket, as /run/redis.sock',
  )
}
