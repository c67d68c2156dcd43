import type { LogRow } from "../../data/types";
import { withoutAnsi } from "../ansi";
import { formatDuration } from "../format";
import { sourceOf } from "../log-filter";
import { visibleText } from "../visible";

/** Log entries as a Markdown list: when, how grave, by what, and the text; longer texts and tracebacks as code blocks. */
export function logsAsMarkdown(logs: readonly LogRow[]): string {
  return logs.map(entry).join("");
}

function entry(log: LogRow): string {
  const head = `* ${formatDuration(log.time)} **${log.level}** ${code(sourceOf(log))}`;
  const place = log.function ? ` in ${code(log.file ? `${log.function} ${log.file}:${log.line}` : log.function)}` : "";
  const message = visibleText(withoutAnsi(log.message)).trimEnd();
  const single = !message.includes("\n") && message.length <= 200;
  const said = single ? `: ${code(message)}\n` : `:\n${block(message)}`;
  return head + place + said + (log.exception ? block(visibleText(withoutAnsi(log.exception)).trimEnd()) : "");
}

/** Between as many backticks as end in none of its own. */
function fence(text: string, least: number): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  return "`".repeat(Math.max(least, longest + 1));
}

function code(text: string): string {
  if (text === "") return "";
  const ticks = fence(text, 1);
  const air = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return ticks + air + text + air + ticks;
}

function block(text: string): string {
  const ticks = fence(text, 3);
  const lines = [ticks, ...text.split("\n"), ticks].map((line) => `  ${line}\n`);
  return lines.join("");
}
