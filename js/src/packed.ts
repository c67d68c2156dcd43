import { importText, inflateTexts } from "./host/module";

/** A report whose code is packed, as it stands in the output of a cell: unpacks style sheet and `standalone.js` and runs them. */
const packed = document.getElementById("microlog-code")?.textContent ?? "";
const bytes = Uint8Array.from(atob(packed.trim()), (character) => character.charCodeAt(0));
const [style = "", code = ""] = await inflateTexts(bytes);
const sheet = document.createElement("style");
sheet.textContent = style;
// Where a copy of this page leaves it out.
document.getElementById("microlog")?.append(sheet);
await importText(code);
