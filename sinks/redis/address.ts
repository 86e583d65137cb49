// What may be an address of Redis. In a file of its own, so that checking an address loads no client.

/** Throws for what is no address. The error leaves out the text: there may be a password in it. */
export function checkRedisUrl(url: string): void {
  const isSocket = /^\/(?!\/)/.test(url)
  if (isSocket || (/^rediss?:\/\//.test(url) && URL.canParse(url))) return
  throw new TypeError(
    'the address of Redis: expected redis://host:6379, rediss://host:6379, or the path of a socket, as /run/redis.sock',
  )
}
