/** The resolved theme: every colour a canvas needs, as CSS colour strings that `fillStyle` accepts. */
export type Token =
  | "bg"
  | "bg-1"
  | "bg-2"
  | "bg-3"
  | "pop"
  | "fg"
  | "fg-2"
  | "fg-3"
  | "line"
  | "line-2"
  | "grid"
  | "accent"
  | "on-accent"
  | "accent-fg"
  | "accent-bg"
  | "hover"
  | "err-fg"
  | "err-bg"
  | "warn"
  | "warn-fg"
  | "warn-bg"
  | "warn-hatch"
  | "on-warn"
  | "cpu-fill"
  | "cpu"
  | "cpu-fg"
  | "mem"
  | "modules"
  | "gc"
  | "wait-bg"
  | "gap-hatch"
  | "veil"
  | "heat"
  | "on-mod"
  | "on-mod-2";

/** Colours of one package. */
export interface Swatch {
  readonly fill: string;
  readonly edge: string;
  /** 38 % of the fill on the ground: a call that mostly waits. */
  readonly wait: string;
}

export interface Theme {
  readonly dark: boolean;
  readonly colors: Readonly<Record<Token, string>>;
  readonly font: string;
  readonly mono: string;
  /** By PackageId. */
  readonly swatches: readonly Swatch[];
}
