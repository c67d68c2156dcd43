/** What an entry says at first; of Markdown without the marks of its headings, lists and quotes. */
export function firstLine({ message, html }: { readonly message: string; readonly html: string }): string {
  const line = message.trimStart().split("\n", 1)[0]?.slice(0, 200) ?? "";
  return html ? line.replace(/^[#>*+-]+ +/, "").replace(/\*\*|`/g, "") : line;
}
