const modules = new Map<string, Promise<unknown>>();

/** A module from its deflated text (RFC 1950). The same text is one module, in however many widgets of a page. */
export async function importDeflated(bytes: Uint8Array): Promise<unknown> {
  const stream = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new DecompressionStream("deflate"));
  const text = await new Response(stream).text();
  let module = modules.get(text);
  if (!module) {
    module = importText(text);
    modules.set(text, module);
  }
  return module;
}

async function importText(text: string): Promise<unknown> {
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    return await import(/* @vite-ignore */ url);
  } finally {
    URL.revokeObjectURL(url);
  }
}
