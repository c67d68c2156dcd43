import type { ViewData } from "../data/types";
import { between } from "../logic/export/between";
import { asChromeTrace } from "../logic/export/chrome";
import { asJson } from "../logic/export/json";
import { logsAsMarkdown } from "../logic/export/markdown";
import { asSpeedscope } from "../logic/export/speedscope";
import { formatRange } from "../logic/format";
import { linkHere } from "./address";
import { copyText } from "./clipboard";
import type { Context } from "./context";
import { button, el, hostile } from "./dom";
import { recordingOf } from "./help";
import { isThere } from "./kernel-state";
import { ownPage } from "./own-page";
import { paintedPicture, pictureOf } from "./picture";

interface Format {
  readonly name: string;
  /** What it is for. */
  readonly what: string;
  readonly ending: string;
  readonly type: string;
  readonly write: (context: Context, data: ViewData) => string | Promise<Blob>;
  /** Where it is offered; everywhere if not said. */
  readonly offered?: (context: Context) => boolean;
}

const FORMATS: readonly Format[] = [
  { name: "PNG", what: "picture of the view", ending: "png", type: "image/png", write: paintedPicture },
  { name: "SVG", what: "the same, to be edited", ending: "svg", type: "image/svg+xml", write: pictureOf },
  {
    name: "HTML report",
    what: "this view as a page of its own",
    ending: "html",
    type: "text/html",
    write: reportOf,
    offered: isThere,
  },
  {
    name: "HTML report",
    what: "this page, as it was saved",
    ending: "html",
    type: "text/html",
    write: ownPage,
    offered: ({ host }) => host.kind === "none",
  },
  {
    name: "JSON",
    what: "all that the page knows",
    ending: "json",
    type: "application/json",
    write: (_, d) => asJson(d),
  },
  {
    name: "Chrome trace",
    what: "for Perfetto and chrome://tracing",
    ending: "trace.json",
    type: "application/json",
    write: (_, data) => asChromeTrace(data),
  },
  {
    name: "speedscope",
    what: "for speedscope.app",
    ending: "speedscope.json",
    type: "application/json",
    write: (_, data) => asSpeedscope(data),
  },
  {
    name: "Logs",
    what: "as Markdown",
    ending: "md",
    type: "text/markdown",
    write: (_, data) => logsAsMarkdown(data.logs),
  },
];

/** The page that Python makes of the recording, or of the selected range. */
async function reportOf({ host, store }: Context): Promise<Blob> {
  const { buffers } = await host.request("report", store.get().range ?? {});
  return new Blob(buffers as unknown as BlobPart[], { type: "text/html" });
}

/** The menu of formats, for the selected range where there is one; below it every fact of the recording. */
export function createExport(context: Context, close: () => void): HTMLElement {
  const { data, store, host } = context;
  const { range } = store.get();
  const said = el("p", "microlog-pale");
  said.setAttribute("role", "status");
  const items = FORMATS.filter(({ offered = () => true }) => offered(context)).map((format) => {
    const item = button(
      "microlog-export-item",
      () => void save(format),
      el("b", "", format.name),
      el("span", "microlog-pale", format.what),
    );
    item.dataset.format = format.ending;
    return item;
  });
  const save = async (format: Format) => {
    try {
      if (host.state() === "busy" && format.write === reportOf)
        said.textContent = "The kernel is busy: the report comes when it is free.";
      const written = await format.write(context, range ? between(data, range) : data);
      download(written, `${fileName(data)}.${format.ending}`, format.type);
      close();
    } catch (error) {
      said.textContent = `${format.name} was not written: ${error instanceof Error ? error.message : String(error)}`;
    }
  };
  const facts = recordingOf(context).map(([word, value]) =>
    el("div", "", el("dt", "microlog-pale", word), el("dd", "", hostile("span", "", value))),
  );
  const card = el(
    "section",
    "microlog-card microlog-sheet microlog-export",
    el("h3", "", range ? `Export ${formatRange(range.start, range.end)}` : "Export"),
    el("div", "microlog-export-items", ...items, linkItem(context)),
    said,
    el("h3", "", "Recording"),
    el("dl", "microlog-export-facts", ...facts),
    button("microlog-button microlog-export-help", () => store.set({ sheet: "help" }), "Keys and marks"),
  );
  card.setAttribute("role", "dialog");
  card.setAttribute("aria-label", "Export");
  return card;
}

/** Copies a link to this place; in a notebook there is none that lasts, and it says how to have one. */
function linkItem(context: Context): HTMLElement {
  // In the output of a cell, a report has no address of its own.
  if (context.host.kind !== "none" || location.protocol === "about:") {
    return el(
      "p",
      "microlog-export-hint microlog-pale",
      "Links to a place are a report's: save one and copy them there.",
    );
  }
  const what = el("span", "microlog-pale", "opens this place of this file");
  const item = button(
    "microlog-export-item",
    () => void copyText(linkHere(context), what),
    el("b", "", "Copy link"),
    what,
  );
  item.dataset.format = "link";
  return item;
}

function fileName({ facts }: ViewData): string {
  const name = [facts.cell, facts.name].filter(Boolean).join(" ");
  return name.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "microlog";
}

function download(content: string | Blob, name: string, type: string): void {
  const link = el("a", "");
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold on the bytes once it has begun.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
