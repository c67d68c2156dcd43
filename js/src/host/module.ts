/** The address of a module from its text, until it is revoked. */
export function addressOf(text: string): string {
  return URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
}

/** A module from its text. */
export async function importText(text: string): Promise<unknown> {
  const url = addressOf(text);
  try {
    return await import(/* @vite-ignore */ url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Texts that were put together, with NUL between them, and deflated (RFC 1950). */
export async function inflateTexts(bytes: Uint8Array<ArrayBuffer>): Promise<string[]> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return (await new Response(stream).text()).split("\0");
}
