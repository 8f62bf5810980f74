// Two bursts side by side, on one scale of time.

import { Board } from './board.js';
import { control } from './controls.js';
import { elapsed } from './scale.js';
import { tipOf } from './tip.js';
import { byId, ms, percent } from './words.js';
import { isIoWait } from './states.js';

const shortest = 0.05;

export class Comparison {
  #bursts = [null, null];
  #whole = 1;   // the longer one's time
  #from = 0;    // what is shown, from each burst's own start
  #span = 1;

  /** @param shared { threads, mode(), chosen(), meanwhile(), open(record, board), openChosen(board), close(), next(step, records) } */
  constructor(shared) {
    this.figures = [...byId('compare').querySelectorAll('figure')];
    this.boards = this.figures.map((figure, i) => {
      const records = () => this.#bursts[i]?.records ?? [];
      const chosen = () => records().includes(shared.chosen()) ? shared.chosen() : null;
      const board = new Board(figure.querySelector('canvas'), {
        view: this.#viewOf(i),
        threads: shared.threads,
        records,
        mode: shared.mode,
        marked: () => chosen() === null ? null : new Set([chosen().id, ...shared.meanwhile()]),
        chosen,
        label: (time, distance) => elapsed(time - this.#startOf(i), distance),
        moves: () => false,
        origin: () => this.#startOf(i),
        labelWidth: 70,
      });
      const fit = () => this.#show(-0.01 * this.#whole, this.#whole);
      control(board, {
        hover: tipOf(board),
        open: record => shared.open(record, board),
        openChosen: () => shared.openChosen(board),
        close: shared.close,
        next: step => {
          shared.next(step, records());
          if (chosen() !== null) board.reveal(chosen());
        },
        pan: milliseconds => this.#show(this.#from + milliseconds, this.#span),
        zoom: (factor, at = board.source.view.start + this.#span / 2) => {
          const before = at - board.source.view.start;
          const span = Math.min(2 * this.#whole, Math.max(shortest, this.#span * factor));
          this.#show(this.#from + before * (1 - span / this.#span), span);
        },
        scroll: lanes => {
          board.scroll = Math.max(0, board.scroll + lanes);
          board.changed();
        },
        fit,
        follow: fit,
      });
      return board;
    });
  }

  show(...bursts) {
    this.#bursts = bursts.map(describe);
    this.#whole = 1.04 * Math.max(1, ...this.#bursts.map(burst => burst.end - burst.start));
    byId('compare').hidden = false;
    this.#bursts.forEach((burst, i) => {
      this.figures[i].querySelector('figcaption').textContent = burst.words;
      this.boards[i].canvas.setAttribute('aria-label', `Lanes of the burst under ${burst.words}`);
    });
    this.#show(-0.01 * this.#whole, this.#whole);
  }

  changed() { for (const board of this.boards) board.changed(); }

  clear() {
    this.#bursts = [null, null];
    byId('compare').hidden = true;
  }

  /** The same stretch of both, or nothing could be compared. */
  #show(from, span) {
    [this.#from, this.#span] = [from, span];
    this.changed();
  }

  #startOf(i) { return this.#bursts[i]?.start ?? 0; }

  #viewOf(i) {
    const comparison = this;
    return {
      get start() { return comparison.#startOf(i) + comparison.#from; },
      get end() { return this.start + this.span; },
      get span() { return comparison.#span; },
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
