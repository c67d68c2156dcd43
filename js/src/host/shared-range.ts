import type { MessageModel } from "./channel";
import type { SharedRange } from "./host";

/** As much of anywidget's model as a shared trait needs: https://anywidget.dev/en/afm/ */
export interface RangeModel extends Pick<MessageModel, "on" | "off"> {
  get(name: "range"): unknown;
  set(name: "range", value: readonly [number, number] | null): void;
  save_changes(): void;
}

/** The range that the widget's model holds, `Timeline.range` in Python. */
export function sharedRange(model: RangeModel): SharedRange {
  return {
    get() {
      const value = model.get("range");
      const [start, end] = Array.isArray(value) ? value : [];
      return typeof start === "number" && typeof end === "number" && start < end ? [start, end] : null;
    },
    set(range) {
      model.set("range", range);
      model.save_changes();
    },
    listen(listener) {
      model.on("change:range", listener);
      return () => model.off("change:range", listener);
    },
  };
}
