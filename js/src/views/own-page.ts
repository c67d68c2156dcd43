/** This page as it was before it drew anything: a saved report is its own file. */
export function ownPage(): string {
  const page = document.documentElement.cloneNode(true) as HTMLElement;
  page.removeAttribute("style");
  page.querySelector("#microlog")?.replaceChildren();
  return `<!doctype html>\n${page.outerHTML}\n`;
}
