/** The function of a file that a line is in: the last one that begins at or before it; null where none does. */
export function functionAt(
  functions: readonly { readonly path: string; readonly line: number }[],
  path: string,
  line: number,
): number | null {
  let found: number | null = null;
  functions.forEach((row, id) => {
    const begins = found === null ? 0 : (functions[found]?.line ?? 0);
    if (row.path === path && row.line <= line && row.line >= begins) found = id;
  });
  return found;
}
