import type { LogRow, ViewData } from "../data/types";

/** One line of a stack, or library frames in a row that stand folded. */
export interface StackFrame {
  readonly function: string;
  /** Shown file and its full path. */
  readonly file: string;
  readonly path: string;
  readonly line: number;
  readonly library: boolean;
  /** The call, or -1 for a function that no sample saw. */
  readonly call: number;
}

/** Where an entry was logged: the callers of its call, outermost first, each at the line where it called the next. */
export function stackOf({ calls, functions, packages }: ViewData, log: LogRow): StackFrame[] {
  const frames: StackFrame[] = [];
  // Of the call itself only where it stood is known, when the entry is its own.
  let line = -1;
  for (let call = log.call; call >= 0; call = calls.parent[call] ?? -1) {
    const row = functions[calls.function[call] ?? -1];
    if (!row) break;
    const own = row.name === log.function || (row.file === log.file && log.function === "");
    if (call === log.call) line = own ? log.line : row.line;
    frames.push({
      function: row.name,
      file: row.file,
      path: row.path,
      line,
      library: packages[row.package]?.kind === "library",
      call,
    });
    line = calls.callerLine[call] ?? 0;
  }
  frames.reverse();
  const last = frames.at(-1);
  // A function too short for any sample still said something.
  if (log.function && last?.function !== log.function) {
    const library = false;
    frames.push({ function: log.function, file: log.file, path: log.file, line: log.line, library, call: -1 });
  }
  return frames;
}

/** Runs of frames: those of the user one by one, libraries together. */
export function foldedFrames(frames: readonly StackFrame[]): StackFrame[][] {
  const parts: StackFrame[][] = [];
  for (const frame of frames) {
    const part = parts.at(-1);
    if (frame.library && part?.[0]?.library) part.push(frame);
    else parts.push([frame]);
  }
  return parts;
}

/** A piece of a traceback; of library code with its number of frames. */
export interface TracebackPart {
  readonly text: string;
  /** 0 for what is always shown. */
  readonly frames: number;
}

const FRAME = /^\s*File "(.*)", line \d+/;
const LIBRARY = /site-packages|dist-packages|[\\/]lib[\\/]python3|<frozen |<__array_function__|[\\/]Lib[\\/]/;

/** A traceback's text in parts, of which those of library code may be folded; together they are the text. */
export function foldedTraceback(text: string): TracebackPart[] {
  const parts: { text: string; frames: number }[] = [];
  let library = false;
  for (const line of text.split(/(?<=\n)/)) {
    const path = FRAME.exec(line)?.[1];
    if (path !== undefined) library = LIBRARY.test(path);
    // What is not indented is no frame: the header, the exception itself, and the words between two of them.
    else if (!/^\s/.test(line)) library = false;
    const part = parts.at(-1);
    if (part && part.frames > 0 === library) {
      part.text += line;
      if (library && path !== undefined) part.frames++;
    } else parts.push({ text: line, frames: library ? 1 : 0 });
  }
  return parts;
}
