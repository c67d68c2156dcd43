import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // A busy machine makes a property's many examples slow, not wrong.
    testTimeout: 60_000,
    include: ["src/**/*.test.ts", "*.test.mjs"],
    // Files that touch the page say so in their first line: `// @vitest-environment jsdom`.
    environment: "node",
    // In CI the same examples every time: new ones are for people to find.
    setupFiles: process.env.CI ? ["tests/same-examples.ts"] : [],
    restoreMocks: true,
  },
});
