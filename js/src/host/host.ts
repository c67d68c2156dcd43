/** What the app may ask of the outside. One host for a kernel, one for a file; the app does not know which. */
export interface Host {
  readonly kind: "kernel" | "none";
  /** Keeps a value per notebook (the height); null when nothing was kept. */
  recall(key: string): string | null;
  keep(key: string, value: string): void;
  /** The module of the views behind the other tabs (`more.ts`); it comes at its first use. */
  more(): Promise<unknown>;
}
