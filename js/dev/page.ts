import type { ViewData } from "../src/data/types";
import type { KernelState } from "../src/host/host";
import { noHost } from "../src/host/none";
import * as more from "../src/more";
import { createMount } from "../src/views/mount";
import { deflate, encode } from "../tests/encode";
import { type Model, madeUpKernel } from "./kernel";
import { FIXTURES } from "./states";

/**
 * A made-up recording, by the way that every other takes: as bytes, through a mount.
 *
 *     index.html?fixture=reference        which recording, see FIXTURES
 *                &theme=dark&width=760
 *                &kernel=busy             idle, busy, dead or none; a report without it
 *                &model=answered          none, answered or answering
 *                &bytes=cut               cut, version, slow (they never end) or absent
 */
const query = new URLSearchParams(location.search);
document.body.dataset.theme = query.get("theme") ?? "light";
const place = document.getElementById("microlog") as HTMLElement;
const width = query.get("width");
if (width) place.style.width = `${width}px`;

const make = FIXTURES[query.get("fixture") ?? "reference"];
if (!make) throw new Error(`There is no fixture "${query.get("fixture")}".`);
const data = make();
const kernel = query.get("kernel") as KernelState | null;
const model = (query.get("model") ?? "none") as Model;
const mount = createMount(place, kernel ? madeUpKernel(more, kernel, model, data) : noHost(more));

async function show(data: ViewData, what: string | null): Promise<void> {
  if (what === "absent")
    return mount.fail(new Error("The notebook has no data of this recording: run its cell again."));
  const bytes = encode(data, what === "version" ? "99" : undefined);
  if (what === "slow") {
    // Bytes that are on their way for as long as one looks.
    globalThis.DecompressionStream = class {
      readonly readable = new ReadableStream();
      readonly writable = new WritableStream();
    } as unknown as typeof DecompressionStream;
    return mount.show(await deflate(bytes));
  }
  return mount.show(what === "cut" ? bytes.slice(0, bytes.length >> 1) : bytes);
}
void show(data, query.get("bytes"));
