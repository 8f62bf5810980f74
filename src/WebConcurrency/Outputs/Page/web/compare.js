// Two bursts side by side, on one scale of time.

import { Board } from './board.js';
import { elapsed } from './scale.js';
import { byId, ms, percent } from './words.js';
import { isIoWait } from './states.js';

export class Comparison {
  #bursts = [null, null];
  #span = 1;

  /** @param shared { threads, mode(), open(record) } */
  constructor(shared) {
    this.figures = [...byId('compare').querySelectorAll('figure')];
    this.boards = this.figures.map((figure, i) => {
      const board = new Board(figure.querySelector('canvas'), {
        view: this.#viewOf(i),
        threads: shared.threads,
        records: () => this.#bursts[i]?.records ?? [],
        mode: shared.mode,
        marked: () => null,
        chosen: () => null,
        label: (time, distance) => elapsed(time - this.#startOf(i), distance),
        moves: () => false,
      });
      board.canvas.addEventListener('click', event => {
        const segment = board.at(event.offsetX, event.offsetY);
        if (segment) shared.open(segment.record);
      });
      return board;
    });
  }

  show(...bursts) {
    this.#bursts = bursts.map(describe);
    this.#span = 1.04 * Math.max(1, ...this.#bursts.map(burst => burst.end - burst.start));
    byId('compare').hidden = false;
    this.#bursts.forEach((burst, i) => {
      this.figures[i].querySelector('figcaption').textContent = burst.words;
      this.boards[i].canvas.setAttribute('aria-label', `Lanes of the burst under ${burst.words}`);
    });
    this.changed();
  }

  changed() { for (const board of this.boards) board.changed(); }

  clear() {
    this.#bursts = [null, null];
    byId('compare').hidden = true;
  }

  #startOf(i) { return this.#bursts[i]?.start ?? 0; }

  #viewOf(i) {
    const comparison = this;
    return {
      get start() { return comparison.#startOf(i) - 0.01 * comparison.#span; },
      get end() { return comparison.#startOf(i) + 0.99 * comparison.#span; },
    };
  }
}

function describe({ strategy, records }) {
  if (records.length === 0) return { strategy, records, start: 0, end: 1, words: `${strategy}: no records came` };
  const start = Math.min(...records.map(record => record.start)), end = Math.max(...records.map(record => record.end));
  let waited = 0, covered = 0;
  const threads = new Set();
  for (const record of records) {
    covered += record.covered_ms ?? 0;
    for (const segment of record.segments) {
      if (isIoWait(segment.kind)) waited += segment.end - segment.start;
    }
    for (const thread of record.threads) threads.add(`${thread.managed}/${thread.os}`);
  }
  const overlap = waited > 0 ? `, ${percent(Math.min(1, covered / waited))} of the I/O wait covered` : '';
  return {
    strategy, records, start, end,
    words: `${strategy}: ${records.length} requests in ${ms(end - start)} ms on ${threads.size} ${threads.size === 1 ? 'thread' : 'threads'}${overlap}`,
  };
}
