import type { Host } from "../src/host/host";
import { noHost } from "../src/host/none";
import * as more from "../src/more";
import { createApp } from "../src/views/app";
import { FIXTURES } from "./fixture";
import { talk } from "./talk";

/** `index.html?fixture=reference&theme=dark&width=760`: a made-up recording in a widget of a given width. */
const query = new URLSearchParams(location.search);
document.body.dataset.theme = query.get("theme") ?? "light";
const place = document.getElementById("microlog") as HTMLElement;
const width = query.get("width");
if (width) place.style.width = `${width}px`;
const root = document.createElement("div");
root.className = "microlog";
place.append(root);
const make = { ...FIXTURES, talk }[query.get("fixture") ?? "reference"] ?? FIXTURES.reference;
// `kernel=idle`: as where there is a kernel to ask.
const alone = noHost(more);
const host: Host =
  query.get("kernel") === "idle"
    ? { ...alone, kind: "kernel", state: () => "idle", request: () => new Promise(() => undefined) }
    : alone;
if (make) createApp(root, make(), host);
