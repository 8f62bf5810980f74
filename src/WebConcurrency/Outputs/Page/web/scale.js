// Time and pixels: which stretch of the server's clock is shown, and where.

const shortest = 0.05;
const longest = 10 * 60 * 1000;

/** A stretch of time that follows the present, rests when nothing happens, or stands still. */
export class View {
  span = 10000;
  live = true;
  #end = 0;

  constructor(now, lastEnd) {
    this.now = now;
    this.lastEnd = lastEnd;
  }

  /** Live, the picture moves with the clock; when nothing finishes any more it stops before the last burst leaves it. */
  get end() {
    return this.live ? Math.min(this.now(), Math.max(this.lastEnd() + 0.3 * this.span, this.span)) : this.#end;
  }

  get start() { return this.end - this.span; }

  get rests() { return this.live && this.lastEnd() > 0 && this.now() > this.lastEnd() + 0.3 * this.span; }

  hold() {
    this.#end = this.end;
    this.live = false;
  }

  follow() { this.live = true; }

  pan(milliseconds) {
    this.hold();
    this.#end += milliseconds;
  }

  /** The instant under the pointer stays where it is; while live, the present does. */
  zoom(factor, at = null) {
    const span = Math.min(longest, Math.max(shortest, this.span * factor));
    if (!this.live) {
      const anchor = at ?? this.#end - this.span / 2;
      this.#end = anchor + (this.#end - anchor) * (span / this.span);
    }
    this.span = span;
  }

  show(from, to) {
    this.live = false;
    const margin = 0.03 * (to - from) || 1;
    this.span = Math.min(longest, Math.max(shortest, to - from + 2 * margin));
    this.#end = to + margin;
  }
}

/** A distance between lines that is 1, 2 or 5 times a power of ten. */
export function step(span, lines) {
  const rough = span / Math.max(1, lines);
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find(digit => digit * power >= rough) ?? 10);
}

export function ticks(from, to, lines) {
  const distance = step(to - from, lines);
  const found = [];
  for (let i = Math.ceil(from / distance); i * distance <= to; i++) found.push(i * distance);
  return { distance, at: found };
}

/** An instant as a wall clock shows it, to the digits that the distance of the lines needs. */
export function clock(wall, distance) {
  const date = new Date(wall);
  const two = number => String(number).padStart(2, '0');
  const text = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  if (distance >= 1000) return text;
  const digits = Math.min(6, Math.max(1, Math.ceil(-Math.log10(distance / 1000) - 1e-9)));
  const fraction = ((wall % 1000) + 1000) % 1000 / 1000;
  return text + (Math.floor(fraction * 10 ** digits + 1e-6) / 10 ** digits).toFixed(digits).slice(1);
}

/** So long after a beginning. */
export const elapsed = (time, distance) =>
  distance >= 1000 ? `${(time / 1000).toFixed(0)} s` : `${time.toFixed(distance >= 1 ? 0 : Math.ceil(-Math.log10(distance)))} ms`;
