// A canvas with lanes: draws when something changed, and says what the pointer is on.

import { layOut } from './lanes.js';
import { paint, gutterOf } from './paint.js';
import { readColours } from './states.js';

export class Board {
  scroll = 0;
  hovered = null;
  drawnSegments = 0;
  frames = 0;
  #last = null;
  #dirty = true;
  #colours = readColours();

  /**
   * @param canvas where to draw
   * @param source { view, records(), threads, mode(), marked(), chosen(), label(time, distance), moves(), origin?(), labelWidth? }
   */
  constructor(canvas, source) {
    this.canvas = canvas;
    this.source = source;
    this.context = canvas.getContext('2d');
    new ResizeObserver(() => this.changed()).observe(canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.#colours = readColours();
      this.changed();
    });
    const still = matchMedia('(prefers-reduced-motion: reduce)');
    let lastDrawn = 0;
    const frame = now => {
      // Who wants less motion gets a new picture once a second.
      const moves = source.moves() && (!still.matches || now - lastDrawn > 1000);
      if ((this.#dirty || moves) && !document.hidden && canvas.clientWidth > 0) {
        this.#dirty = false;
        lastDrawn = now;
        this.draw();
      }
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  changed() { this.#dirty = true; }

  get gutter() { return gutterOf(this.canvas.clientWidth); }

  get lanesAbove() { return this.#last?.above ?? 0; }

  get lanesBelow() { return this.#last?.below ?? 0; }

  draw() {
    const { canvas, context, source } = this;
    const size = { width: canvas.clientWidth, height: canvas.clientHeight };
    const ratio = devicePixelRatio;
    if (canvas.width !== Math.round(size.width * ratio) || canvas.height !== Math.round(size.height * ratio)) {
      canvas.width = Math.round(size.width * ratio);
      canvas.height = Math.round(size.height * ratio);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const view = { start: source.view.start, end: source.view.end };
    const perPixel = (view.end - view.start) / (size.width - this.gutter);
    const lanes = layOut(source.records(view), source.mode(), source.threads, perPixel / 2);
    this.#last = paint(context, size, view, lanes, {
      colours: this.#colours, scroll: this.scroll, marked: source.marked(), chosen: source.chosen(), hovered: this.hovered, label: source.label,
      origin: source.origin?.(), labelWidth: source.labelWidth,
    });
    this.scroll = this.#last.scroll;
    this.drawnSegments = this.#last.drawn.length;
    this.frames++;
  }

  /** Scrolls the lanes, if need be, so that a request's first one is in sight. */
  reveal(record) {
    if (!this.#last) return;
    const lanes = this.#last.lanes;
    const at = lanes.findIndex(lane => lane.segments.some(segment => segment.record === record));
    if (at < 0) return;
    const inSight = lanes.length - this.#last.above - this.#last.below;
    if (at < this.scroll) this.scroll = at;
    else if (at >= this.scroll + inSight) this.scroll = at - inSight + 1;
    this.changed();
  }

  timeAt(x) {
    return this.source.view.start + (x - this.gutter) / this.#last.perMs;
  }

  /** What is drawn at a point; bars of a pixel are given three. */
  at(x, y) {
    let found = null, nearest = 3;
    for (const bar of this.#last?.drawn ?? []) {
      if (y < bar.top || y >= bar.bottom) continue;
      const distance = x < bar.left ? bar.left - x : x > bar.right ? x - bar.right : 0;
      if (distance === 0 && bar.right - bar.left > 3) return bar.segment;
      if (distance < nearest) [nearest, found] = [distance, bar.segment];
    }
    return found;
  }

  /** Where a request is drawn: for tests, and for placing things beside it. */
  placesOf(id) {
    return (this.#last?.drawn ?? []).filter(bar => bar.segment.record.id === id)
      .map(bar => ({ kind: bar.segment.kind, left: bar.left, right: bar.right, top: bar.top, bottom: bar.bottom, start: bar.segment.start, end: bar.segment.end }));
  }
}
