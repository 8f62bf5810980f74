// The server's monotonic clock, as this browser can tell it: from its word at the stream's start, and never earlier than what it says has finished.

export class ServerClock {
  #offset = null;

  get isKnown() { return this.#offset !== null; }

  set(nowMs) { this.#offset = nowMs - performance.now(); }

  /** Something finished then; the word before may have been long on its way. */
  saw(finishedMs) {
    if (this.#offset !== null) this.#offset = Math.max(this.#offset, finishedMs - performance.now());
  }

  now = () => this.#offset === null ? 0 : performance.now() + this.#offset;
}
