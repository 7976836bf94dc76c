import type { Clock } from "./clock.ts";
import { type Lane, laneOf, type Operation, type Rate, type Rates } from "./rates.ts";

/** Leave to send one request; the holder says what the store made of it, and says nothing of other failures. */
export interface Turn {
  accepted(): void;
  throttled(): void;
}

/** A pause before a request is sent again, in milliseconds: why, and of which operation. */
export interface Pause {
  readonly cause: "throttled" | "busy" | "lost";
  readonly operation: Operation;
  readonly milliseconds: number;
}

/** Paces requests, one token bucket for each lane. */
export interface Throttle {
  readonly clock: Clock;
  /** Told of every pause. */
  readonly paused?: (pause: Pause) => void;
  /** Resolves when the next request of this kind may be sent; one that is sent again (`again`) goes first. */
  turn(operation: Operation, again?: boolean): Promise<Turn>;
}

/** Growth for each accepted request that had to wait for its turn: fast until the limit has been met once, then a slow probing. */
const SEEKING = 0.1;
const PROBING = 0.02;
/** What is left of the rate after a throttle. */
const CUT = 0.7;
/** After a throttle the store's bucket is empty: half a token of debt lets it fill before the next request. */
const DEBT = -0.5;
const SLOWEST = 0.2;
/** Without a rate to cut, the limit is taken to be what was accepted in this many milliseconds. */
const MEASURE = 1000;

/** Starts at `rates` and follows the store's real limits, which are shared and not published: up while it accepts, down when it throttles. */
export function throttle(rates: Rates, clock: Clock, paused?: (pause: Pause) => void): Throttle {
  const buckets = new Map<Lane, Bucket>();
  return {
    clock,
    ...(paused === undefined ? {} : { paused }),
    turn(operation, again = false) {
      const lane = laneOf(operation);
      const bucket = buckets.get(lane) ?? new Bucket(rates[lane], clock);
      buckets.set(lane, bucket);
      return bucket.turn(again);
    },
  };
}

class Bucket {
  readonly #clock: Clock;
  readonly #burst: number;
  #perSecond: number;
  #tokens: number;
  #filledAt: number;
  #growth = SEEKING;
  /** Counts the cuts: requests sent before the last cut say nothing about the rate after it. */
  #epoch = 0;
  readonly #accepted: number[] = [];
  readonly #waiting: ((turn: Turn) => void)[] = [];
  #serving = false;

  constructor(rate: Rate, clock: Clock) {
    this.#clock = clock;
    this.#burst = rate.burst;
    this.#perSecond = rate.perSecond;
    this.#tokens = rate.burst;
    this.#filledAt = clock.now();
  }

  turn(again: boolean): Promise<Turn> {
    return new Promise((resolve) => {
      if (again) this.#waiting.unshift(resolve);
      else this.#waiting.push(resolve);
      if (!this.#serving) void this.#serve();
    });
  }

  async #serve(): Promise<void> {
    this.#serving = true;
    let held = false;
    while (this.#waiting.length > 0) {
      this.#fill();
      if (this.#tokens < 1) {
        held = true;
        // Whole milliseconds: what is shorter than the clock's grain would never pass.
        await this.#clock.sleep(Math.ceil(((1 - this.#tokens) / this.#perSecond) * 1000));
        continue;
      }
      this.#tokens -= 1;
      this.#waiting.shift()?.(this.#newTurn(held));
    }
    this.#serving = false;
  }

  #fill(): void {
    const now = this.#clock.now();
    this.#tokens =
      this.#perSecond === Number.POSITIVE_INFINITY
        ? this.#burst
        : Math.min(this.#burst, this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSecond);
    this.#filledAt = now;
  }

  #newTurn(held: boolean): Turn {
    const epoch = this.#epoch;
    return {
      accepted: () => {
        if (this.#perSecond === Number.POSITIVE_INFINITY) this.#recent().push(this.#clock.now());
        else if (held) this.#setRate(this.#perSecond + this.#growth);
      },
      throttled: () => {
        if (epoch === this.#epoch) this.#slowDown();
      },
    };
  }

  #slowDown(): void {
    this.#epoch += 1;
    this.#growth = PROBING;
    this.#setRate(
      this.#perSecond === Number.POSITIVE_INFINITY
        ? Math.max(1, this.#recent().length)
        : Math.max(SLOWEST, this.#perSecond * CUT),
    );
    this.#tokens = DEBT;
  }

  /** Time that has passed counts at the old rate. */
  #setRate(perSecond: number): void {
    this.#fill();
    this.#perSecond = perSecond;
  }

  /** When requests were accepted within the last `MEASURE`, oldest first. */
  #recent(): number[] {
    const since = this.#clock.now() - MEASURE;
    while (this.#accepted[0] !== undefined && this.#accepted[0] <= since) this.#accepted.shift();
    return this.#accepted;
  }
}
