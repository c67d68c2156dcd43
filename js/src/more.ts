import style from "./more.css";
import type { More } from "./views/panel";

/** The views behind the other tabs: a module of its own, so that the timeline is there at once. */
const more: More = { panels: {}, style };

export const { panels } = more;
export { style };
