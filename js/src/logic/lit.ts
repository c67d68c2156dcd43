/** What narrows down what is looked at. Rows are looked up by FunctionId: 1 where it is meant. */
export interface Narrowed {
  readonly found: { readonly functions: Uint8Array } | null;
  readonly chosen: Uint8Array | null;
}

/** The functions that are not dimmed: those that match the search and are chosen in the legend; null for all. */
export function litFunctions({ found, chosen }: Narrowed): Uint8Array | null {
  const functions = found?.functions ?? null;
  return functions && chosen ? functions.map((match, id) => match & (chosen[id] ?? 0)) : (functions ?? chosen);
}
