import { noHost } from "./host/none";
import * as more from "./more";
import { createMount } from "./views/mount";

/** A saved report: the bytes stand in the page as base64, and the view fills the window. */
async function start(): Promise<void> {
  const place = document.getElementById("microlog") ?? document.body;
  // The browser's own ground, light or dark as the reader prefers; the theme is read from it.
  document.documentElement.style.colorScheme = "light dark";
  const mount = createMount(place, noHost(more), "microlog-page");
  try {
    const text = document.getElementById("microlog-view")?.textContent;
    if (!text) throw new Error("The page has no data: its end is missing, or it was changed after it was saved.");
    await mount.show(bytesOf(text));
  } catch (error) {
    mount.fail(error);
  }
}

function bytesOf(base64: string): Uint8Array {
  const binary = atob(base64.trim());
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => void start());
else void start();
