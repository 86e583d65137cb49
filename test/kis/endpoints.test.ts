// Where KIS lives.
import { describe, expect, it } from 'vitest'
import { defaultSocketPath, endpoints, socketAddress } from '../../kis/endpoints.ts'

describe('the addresses of KIS', () => {
  it('differ between production and paper in hosts and ports', () => {
    expect(endpoints).toEqual({
      prod: { rest: 'https://openapi.koreainvestment.com:9443', socket: 'ws://ops.koreainvestment.com:21000' },
      paper: { rest: 'https://openapivts.koreainvestment.com:29443', socket: 'ws://ops.koreainvestment.com:31000' },
    })
  })
})

describe('a socket address', () => {
  it.each([
    ['ws://ops.koreainvestment.com:21000', 'ws://ops.koreainvestment.com:21000/tryitout'],
    ['ws://127.0.0.1:8080', 'ws://127.0.0.1:8080/tryitout'],
    ['ws://[::1]:8080', 'ws://[::1]:8080/tryitout'],
    ['wss://proxy.example?line=1', 'wss://proxy.example/tryitout?line=1'],
  ])('%s without a path gets the default one', (base, address) => {
    expect(socketAddress(base, defaultSocketPath)).toBe(address)
  })

  it.each([
    ['ws://ops.koreainvestment.com:21000/', 'ws://ops.koreainvestment.com:21000/'],
    ['ws://ops.koreainvestment.com:21000/tryitout/H0STCNT0', 'ws://ops.koreainvestment.com:21000/tryitout/H0STCNT0'],
    ['ws://127.0.0.1:8080/other/', 'ws://127.0.0.1:8080/other/'],
  ])('%s with a path is what it is', (base, address) => {
    expect(socketAddress(base, defaultSocketPath)).toBe(address)
  })

  it.each(['', 'ops.koreainvestment.com', '//host'])('%j is none', base => {
    expect(() => socketAddress(base, defaultSocketPath)).toThrow(TypeError)
  })
})
