/** Numbers as the whole interface writes them: three significant digits, counts whole, a unit always. */

/** Narrow no-break space between groups of three digits. */
const THIN = "\u202f";
/** A minus that is as wide as a plus. */
const MINUS = "\u2212";
/** What stands for a number that is not known. */
const UNKNOWN = "\u2013";

interface Unit {
  readonly name: string;
  readonly size: number;
}

const TIME: readonly Unit[] = [
  { name: "s", size: 1e9 },
  { name: "ms", size: 1e6 },
  { name: "us", size: 1e3 },
  { name: "ns", size: 1 },
];
const SECOND = 1e9;
const MINUTE = 60 * SECOND;
/** From here seconds say little, and hours and minutes more. */
const HOURS_FROM = 10_000 * SECOND;

const SIZES: readonly Unit[] = [
  { name: "TB", size: 1e12 },
  { name: "GB", size: 1e9 },
  { name: "MB", size: 1e6 },
  { name: "KB", size: 1e3 },
  { name: "B", size: 1 },
];

/** The first unit in which the rounded value is at least 1: 999.6 ms is "1.00 s", not "1000 ms". */
function unitOf(value: number, units: readonly Unit[]): Unit {
  const smallest = units.at(-1) as Unit;
  return units.find(({ size }) => Number((value / size).toPrecision(3)) >= 1) ?? smallest;
}

/** Decimals that give three significant digits. */
function decimalsOf(value: number): number {
  const rounded = Number(Math.abs(value).toPrecision(3));
  return rounded >= 100 ? 0 : rounded >= 10 ? 1 : 2;
}

function grouped(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, THIN);
}

function written(value: number, decimals: number): string {
  const [whole = "", fraction] = value.toFixed(decimals).split(".");
  return fraction === undefined ? grouped(whole) : `${grouped(whole)}.${fraction}`;
}

function inUnit(value: number, unit: Unit): string {
  return written(value / unit.size, decimalsOf(value / unit.size));
}

/** "48.2 s", "412 ms", "312 us", "95.0 ns", "0 s"; "2 h 46 min" from 10 000 s. */
export function formatDuration(ns: number): string {
  if (Number.isNaN(ns)) return UNKNOWN;
  if (ns < 0) return MINUS + formatDuration(-ns);
  if (ns === 0) return "0 s";
  if (ns >= HOURS_FROM) {
    const minutes = Math.round(ns / MINUTE);
    return `${grouped(String(Math.floor(minutes / 60)))} h ${minutes % 60} min`;
  }
  const unit = unitOf(ns, TIME);
  return `${inUnit(ns, unit)} ${unit.name}`;
}

/** "8.90 to 20.2 s": the unit once where both ends share it, and as many digits as tell the ends apart. */
export function formatRange(start: number, end: number): string {
  const unit = unitOf(end, TIME);
  const shared = start === 0 || unitOf(start, TIME) === unit;
  if (!shared || end >= HOURS_FROM) return `${formatDuration(start)} to ${formatDuration(end)}`;
  const apart = end > start ? -Math.floor(Math.log10((end - start) / unit.size)) : 0;
  const digits = (ns: number) => written(ns / unit.size, Math.max(decimalsOf(ns / unit.size), apart));
  return `${start === 0 ? "0" : digits(start)} to ${digits(end)} ${unit.name}`;
}

/** "1.74 GB", "612 MB", "3.12 KB", "512 B"; 1 KB is 1000 B. */
export function formatBytes(bytes: number): string {
  if (Number.isNaN(bytes)) return UNKNOWN;
  if (bytes < 0) return MINUS + formatBytes(-bytes);
  const unit = unitOf(bytes, SIZES);
  return unit.size === 1 ? `${Math.round(bytes)} B` : `${inUnit(bytes, unit)} ${unit.name}`;
}

/** A change of memory: "+612 MB", "−38.0 MB". */
export function formatChange(bytes: number): string {
  return bytes > 0 ? `+${formatBytes(bytes)}` : formatBytes(bytes);
}

/** Whole, with narrow spaces: "9 224"; from one million "1.20 M". */
export function formatCount(count: number): string {
  if (Number.isNaN(count)) return UNKNOWN;
  if (count < 0) return MINUS + formatCount(-count);
  const whole = Math.round(count);
  return whole < 1e6 ? grouped(String(whole)) : `${written(whole / 1e6, decimalsOf(whole / 1e6))} M`;
}

/** "92%", and one decimal below 1: "0.7%". */
export function formatPercent(percent: number): string {
  if (Number.isNaN(percent)) return UNKNOWN;
  if (percent < 0) return MINUS + formatPercent(-percent);
  if (percent > 0 && percent < 0.05) return "<0.1%";
  if (percent > 0 && percent < 0.95) return `${percent.toFixed(1)}%`;
  return `${formatCount(percent)}%`;
}

/** "200 Hz", "1.00 kHz". */
export function formatRate(hertz: number): string {
  const kilo = Number(hertz.toPrecision(3)) >= 1000;
  const value = kilo ? hertz / 1000 : hertz;
  return `${written(value, decimalsOf(value))} ${kilo ? "kHz" : "Hz"}`;
}

/** "1.55 ×". */
export function formatRatio(ratio: number): string {
  return `${written(ratio, decimalsOf(ratio))} ×`;
}

/** "1st", "22nd", "113th". */
export function formatOrdinal(n: number): string {
  const teen = n % 100 >= 11 && n % 100 <= 13;
  const ending = teen ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return formatCount(n) + ending;
}

/** "1 log", "14 logs". */
export function formatNumberOf(count: number, word: string): string {
  return `${formatCount(count)} ${pluralOf(count, word)}`;
}

export function pluralOf(count: number, word: string): string {
  if (count === 1) return word;
  return word.endsWith("y") ? `${word.slice(0, -1)}ies` : `${word}s`;
}
