import type { FunctionId } from "../data/types";
import { functionAt } from "../logic/function-at";
import { putOnClipboard } from "./clipboard";
import type { Context } from "./context";
import { el } from "./dom";
import { isThere } from "./kernel-state";
import type { SourceLine } from "./source-link";

/** A kernel that does not say so long where a file is has other things to do. */
const PATIENCE_MS = 1500;
const SAID_MS = 2500;
/** A file that is not open in so long is not moved in. */
const OPENED_MS = 10_000;
const LOOK_MS = 50;

/**
 * Opens a line of source: of a cell in the view of functions; of a file in the notebook's own editor, where that is
 * JupyterLab's or Notebook's and has the file; else its path and line go to the clipboard. What was done is said.
 */
export async function openSource(context: Context, source: SourceLine): Promise<void> {
  const { data, store } = context;
  const shown = `${source.file}:${source.line}`;
  if (/^In \[/.test(source.file)) {
    const found = functionAt(data.functions, source.path, source.line);
    if (found !== null) store.set({ tab: "functions", function: found as FunctionId });
    return;
  }
  const path = await locate(context, source.path);
  if (path) {
    execute(context.root, "docmanager:open", { path });
    say(context, `Opening ${shown}.`);
    whenEditorHasText(() => execute(context.root, "fileeditor:go-to-line", { line: source.line, column: 1 }));
    return;
  }
  const done = await putOnClipboard(`${source.path}:${source.line}`, context.root);
  say(context, done ? `Copied ${shown}: no editor here has it.` : `${source.path}:${source.line}`);
}

/** What the key O means: the call under the pointer or chosen, or what is chosen in the table that is open. */
export function openChosen(context: Context): void {
  const { data, store } = context;
  const { tab, hover, selected, function: chosen, log } = store.get();
  const entry = tab === "log" ? data.logs[log ?? -1] : undefined;
  if (entry?.file) {
    const path = data.functions.find((row) => row.file === entry.file)?.path ?? entry.file;
    void openSource(context, { file: entry.file, path, line: entry.line });
    return;
  }
  const call = tab === "timeline" ? (hover ?? selected) : null;
  const row = data.functions[call === null ? (chosen ?? -1) : (data.calls.function[call] ?? -1)];
  if (row) void openSource(context, row);
}

/** The file's path for the notebook's server; "" where there is none, or nobody says. */
async function locate(context: Context, file: string): Promise<string> {
  const config = document.getElementById("jupyter-config-data")?.textContent;
  if (!config || !isThere(context)) return "";
  try {
    const { serverRoot: root } = JSON.parse(config) as { serverRoot?: unknown };
    const { body } = await context.host.request("locate", { file, root }, AbortSignal.timeout(PATIENCE_MS));
    return typeof body === "string" ? body : "";
  } catch {
    // Busy, or gone meanwhile: the clipboard needs nobody.
    return "";
  }
}

/** JupyterLab and Notebook run a command of theirs when an element that names it is pressed: `CommandLinker`. */
function execute(root: HTMLElement, command: string, args: object): void {
  const link = el("span", "");
  link.dataset.commandlinkerCommand = command;
  link.dataset.commandlinkerArgs = JSON.stringify(args);
  root.append(link);
  link.click();
  link.remove();
}

/** An editor has the focus at once, and its text when it has come; of a new browser tab nothing is seen here. */
function whenEditorHasText(then: () => void): void {
  const until = Date.now() + OPENED_MS;
  const timer = setInterval(() => {
    const lines = document.activeElement?.closest(".jp-FileEditor")?.querySelectorAll(".cm-line").length ?? 0;
    if (lines <= 1 && Date.now() < until) return;
    clearInterval(timer);
    if (lines > 1) then();
  }, LOOK_MS);
}

function say({ root }: Context, words: string): void {
  root.querySelector(".microlog-said")?.remove();
  const said = el("div", "microlog-card microlog-said", words);
  said.setAttribute("role", "status");
  root.append(said);
  setTimeout(() => said.remove(), SAID_MS);
}
