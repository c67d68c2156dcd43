import { el } from "./dom";

const SAID_MS = 1200;

/** Puts text on the clipboard and says so on the button that was pressed. */
export async function copyText(text: string, pressed: HTMLElement): Promise<void> {
  const done = await putOnClipboard(text, pressed.parentElement);
  const before = [...pressed.childNodes];
  if (pressed.dataset.said) return;
  pressed.dataset.said = "1";
  pressed.replaceChildren(done ? "Copied" : "Copying is blocked here");
  setTimeout(() => {
    delete pressed.dataset.said;
    pressed.replaceChildren(...before);
  }, SAID_MS);
}

/** Whether the text is on the clipboard now; `near` is where the older way may write for a moment. */
export async function putOnClipboard(text: string, near: HTMLElement | null): Promise<boolean> {
  return (await byClipboard(text)) || bySelection(text, near);
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
function bySelection(text: string, near: HTMLElement | null): boolean {
  const area = el("textarea", "microlog-offscreen");
  const focused = (near?.getRootNode() as Document | ShadowRoot | undefined)?.activeElement;
  area.value = text;
  near?.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  (focused as HTMLElement | null | undefined)?.focus();
  return done;
}
