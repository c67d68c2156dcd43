import type { Context } from "./context";
import { button, hostile } from "./dom";
import { loadMore } from "./load-more";

/** A line of a source file: as it is shown, and its full path. */
export interface SourceLine {
  readonly file: string;
  readonly path: string;
  readonly line: number;
}

/** Opens a line of source where that is possible, else copies its place. */
export function toSource(context: Context, { file, path, line }: SourceLine): void {
  void loadMore(context).then((more) => more.openSource(context, { file, path, line }));
}

/** The place of a line, which opens it. */
export function sourceLink(context: Context, source: SourceLine): HTMLElement {
  const made = button(
    "microlog-source-link",
    () => toSource(context, source),
    hostile("code", "", `${source.file}:${source.line}`),
  );
  made.title = source.path;
  return made;
}
