import style from "./more.css";
import { createAwaits } from "./render/awaits";
import { createStrips } from "./render/strips";
import { createAnomalies } from "./views/anomalies";
import { createAssist } from "./views/assist";
import { createCallCard } from "./views/call-card";
import { createDesign } from "./views/design";
import { carried, createExchange } from "./views/exchange";
import { createExplain } from "./views/explain";
import { createExport } from "./views/export";
import { createFiner } from "./views/finer";
import { createFunctions } from "./views/functions";
import { createHelp } from "./views/help";
import { createLegend } from "./views/legend";
import { createLink } from "./views/link";
import { createLog } from "./views/log";
import { createLogCard } from "./views/log-card";
import { createMarkerCard } from "./views/marker-card";
import { createNotes } from "./views/notes";
import { openChosen, openSource } from "./views/open-source";
import type { More } from "./views/panel";
import { createRange, rangeByKey } from "./views/range";
import { createRunning } from "./views/running";
import { createSearchField } from "./views/search-field";
import { createSpanTrack } from "./views/spans";
import { createVoice } from "./views/voice";

/** What is not needed to paint the timeline: a module of its own, so that the timeline is there at once. */
const more: More = {
  panels: {
    anomalies: createAnomalies,
    design: createDesign,
    explain: createExplain,
    functions: createFunctions,
    log: createLog,
  },
  sheets: { help: createHelp, export: createExport, notes: createNotes },
  search: createSearchField,
  logCard: createLogCard,
  markerCard: createMarkerCard,
  range: createRange,
  keyRange: rangeByKey,
  callCard: createCallCard,
  spans: createSpanTrack,
  assist: createAssist,
  running: createRunning,
  voice: createVoice,
  carried,
  exchange: createExchange,
  link: createLink,
  legend: createLegend,
  openSource,
  openChosen,
  strips: () => createAwaits(createStrips()),
  finer: createFiner,
  style,
};

export const {
  panels,
  sheets,
  search,
  logCard,
  markerCard,
  range,
  keyRange,
  callCard,
  spans,
  assist,
  running,
  voice,
  exchange,
  link,
  legend,
  strips,
  finer,
} = more;
export { carried, openChosen, openSource, style };
