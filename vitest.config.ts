import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  // Examples import the package by its name, as a user would; tests that run them mean the sources.
  resolve: {
    alias: [
      { find: /^kis-stream\/testing$/, replacement: source('./sinks/contract.ts') },
      { find: /^kis-stream$/, replacement: source('./index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    // Sockets, processes and property tests on a busy two-core machine; nothing here waits for time on purpose.
    testTimeout: 60_000,
    hookTimeout: 30_000,
    // Most of a test is waiting for a socket or another process, so one worker for each of two cores is no crowd.
    maxWorkers: 2,
  },
})
