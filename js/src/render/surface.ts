/** A canvas that is sharp at any device pixel ratio: drawn in CSS pixels, backed by device pixels. */
export interface Surface {
  readonly canvas: HTMLCanvasElement;
  /** Cleared, in CSS pixels; null when the canvas has no size. */
  begin(width: number, height: number): Pen | null;
}

/** What drawing functions draw with. */
export interface Pen {
  readonly ctx: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
}

export function createSurface(): Surface {
  const canvas = document.createElement("canvas");
  const ctx = canvas.getContext("2d");
  return {
    canvas,
    begin(width, height) {
      const ratio = window.devicePixelRatio || 1;
      const w = Math.round(width * ratio);
      const h = Math.round(height * ratio);
      // Setting a size, even the same, throws the pixels away and costs an allocation.
      if (canvas.width !== w) canvas.width = w;
      if (canvas.height !== h) canvas.height = h;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      if (!ctx || w === 0 || h === 0) return null;
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      ctx.clearRect(0, 0, width, height);
      return { ctx, width, height, ratio };
    },
  };
}

/** The nearest edge between two device pixels: a fill that begins there is sharp. */
export function snap(pen: Pen, value: number): number {
  return Math.round(value * pen.ratio) / pen.ratio;
}

/** A sharp vertical line one CSS pixel wide. */
export function vertical(pen: Pen, x: number, top: number, bottom: number, color: string): void {
  pen.ctx.fillStyle = color;
  pen.ctx.fillRect(snap(pen, x), top, 1, bottom - top);
}

export function horizontal(pen: Pen, y: number, color: string): void {
  pen.ctx.fillStyle = color;
  pen.ctx.fillRect(0, y, pen.width, 1);
}
