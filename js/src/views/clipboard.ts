import { el } from "./dom";

const SAID_MS = 1200;

/** Puts text on the clipboard and says so on the button that was pressed. */
export async function copyText(text: string, pressed: HTMLElement): Promise<void> {
  const done = (await byClipboard(text)) || bySelection(text, pressed);
  const before = [...pressed.childNodes];
  if (pressed.dataset.said) return;
  pressed.dataset.said = "1";
  pressed.replaceChildren(done ? "Copied" : "Copying is blocked here");
  setTimeout(() => {
    delete pressed.dataset.said;
    pressed.replaceChildren(...before);
  }, SAID_MS);
}

async function byClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Not over plain HTTP, and not in frames without the permission.
    return false;
  }
}

/** The older way, which asks for no permission. */
function bySelection(text: string, pressed: HTMLElement): boolean {
  const area = el("textarea", "microlog-offscreen");
  area.value = text;
  pressed.parentElement?.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  pressed.focus();
  return done;
}
