import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Sockets, processes and property tests on a busy two-core machine; nothing here waits for time on purpose.
    testTimeout: 60_000,
    hookTimeout: 30_000,
  },
})
