import { ansiRuns } from "../logic/ansi";
import { formatCount } from "../logic/format";
import { el, hostile } from "./dom";

/** Characters of a text that are shown: one entry may be a whole file. */
export const TEXT_MOST = 20_000;

/** Text from outside in the colours that it asks a terminal for; everything else in it is shown as it is. */
export function terminalText(tag: "div" | "pre", className: string, whole: string, most = TEXT_MOST): HTMLElement {
  const runs = ansiRuns(whole.slice(0, most)).map((run) => {
    const looks = [
      run.color && `microlog-ansi-${run.color}`,
      run.ground && `microlog-ansi-on microlog-ansi-on-${run.ground}`,
      run.bold && "microlog-ansi-bold",
      run.underline && "microlog-ansi-underline",
    ].filter(Boolean);
    const text = hostile("span", looks.join(" "), run.text);
    return text;
  });
  const made = el(tag, `microlog-hostile ${className}`, ...runs);
  const rest = whole.length - most;
  if (rest > 0) made.append(el("span", "microlog-pale", `\n${formatCount(rest)} more characters`));
  return made;
}
