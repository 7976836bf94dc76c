import { UserError } from "../model/error.ts";
import type { Throttle } from "../store/throttle.ts";

/** A pace that ends while pages of metadata are read, and says so, where a Lambda would be killed without a word. */
export interface Deadline {
  readonly pace: Throttle;
  /** A new run, with as many milliseconds left as `left` tells. */
  begin(left: () => number): void;
}

/** `least`: with less time left, in milliseconds, no further page is asked for. Everything else goes on. */
export function deadline(pace: Throttle, least: number): Deadline {
  let left = () => Number.POSITIVE_INFINITY;
  let pages = 0;
  return {
    begin(next) {
      left = next;
      pages = 0;
    },
    pace: {
      ...pace,
      turn: async (operation, again) => {
        if (operation === "DescribeParameters") {
          if (left() < least) {
            throw new UserError(`the time is up after ${pages} pages of metadata`, {
              hint: "the account has more parameters than one run can look through: see docs/infrastructure.md",
            });
          }
          pages += 1;
        }
        return pace.turn(operation, again);
      },
    },
  };
}
