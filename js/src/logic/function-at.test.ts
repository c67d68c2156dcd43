import { expect, it } from "vitest";
import { functionAt } from "./function-at";

it("a line is in the last function of its file that begins at or before it", () => {
  const functions = [
    { path: "a.py", line: 10 },
    { path: "b.py", line: 1 },
    { path: "a.py", line: 2 },
    { path: "a.py", line: 20 },
  ];
  expect(functionAt(functions, "a.py", 12)).toBe(0);
  expect(functionAt(functions, "a.py", 2)).toBe(2);
  expect(functionAt(functions, "a.py", 99)).toBe(3);
  expect(functionAt(functions, "a.py", 1)).toBeNull();
  expect(functionAt(functions, "c.py", 1)).toBeNull();
});
