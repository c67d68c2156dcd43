import style from "./more.css";
import { createAnomalies } from "./views/anomalies";
import { createDesign } from "./views/design";
import { createExport } from "./views/export";
import { createFunctions } from "./views/functions";
import { createHelp } from "./views/help";
import { createLog } from "./views/log";
import { createLogCard } from "./views/log-card";
import { createNotes } from "./views/notes";
import type { More } from "./views/panel";
import { createRange, rangeByKey } from "./views/range";
import { createSearchField } from "./views/search-field";
import { createSpanTrack } from "./views/spans";

/** What is not needed to paint the timeline: a module of its own, so that the timeline is there at once. */
const more: More = {
  panels: { anomalies: createAnomalies, design: createDesign, functions: createFunctions, log: createLog },
  sheets: { help: createHelp, export: createExport, notes: createNotes },
  search: createSearchField,
  logCard: createLogCard,
  range: createRange,
  keyRange: rangeByKey,
  spans: createSpanTrack,
  style,
};

export const { panels, sheets, search, logCard, range, keyRange, spans } = more;
export { style };
